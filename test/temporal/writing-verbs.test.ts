import t from 'tap'
import { clusterVerbs, namespaceVerbs } from '../../src/core/verb.ts'
import { writingVerbs } from '../../src/temporal/writing-verbs.ts'

void t.test('all verbs but those of readers change something', async (t) => {
  const reading = [...namespaceVerbs, ...clusterVerbs].filter((verb) => !writingVerbs.has(verb))
  t.strictSame(reading, ['connect', 'read', 'query', 'browse'])
})
