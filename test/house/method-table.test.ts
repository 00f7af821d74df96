import t from 'tap'
import { describedMethods } from '../../scripts/request-shapes.ts'
import { methods } from '../../src/temporal/methods.ts'
import { namespaceVerbs, clusterVerbs } from '../../src/core/verb.ts'

t.test('the method table has exactly the RPCs that the API describes', async (t) => {
  const described = describedMethods().map(({ service, name }) => `${service}/${name}`)
  const known = methods.map(({ service, name }) => `${service}/${name}`)
  t.same(known.toSorted(), described.toSorted())
})

t.test('every RPC is unary, which is how calls are forwarded', async (t) => {
  for (const { name, isUnary } of describedMethods()) t.ok(isUnary, name)
})

t.test('each method has verbs of its own scope', async (t) => {
  for (const { name, scope, verbs } of methods) {
    t.ok(verbs.length > 0, name)
    const known: readonly string[] =
      scope === 'cluster' ? [...clusterVerbs, 'connect'] : namespaceVerbs
    for (const verb of verbs) t.ok(known.includes(verb), `${name}: ${verb}`)
  }
})
