import t from 'tap'
import { clusterVerbs, namespaceVerbs } from '../../src/core/verb.ts'
import { methods } from '../../src/temporal/methods.ts'

void t.test('a verb is of a namespace or of the cluster, and stands there once', async (t) => {
  const all = [...namespaceVerbs, ...clusterVerbs]
  t.equal(new Set(all).size, all.length)
})

void t.test('every verb is what some method does', async (t) => {
  const done = new Set(methods.flatMap(({ verbs }) => verbs))
  for (const verb of [...namespaceVerbs, ...clusterVerbs]) t.ok(done.has(verb), verb)
})
