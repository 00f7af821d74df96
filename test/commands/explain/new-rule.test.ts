import t from 'tap'
import { accountFor } from '../../../src/commands/explain/account.ts'
import { newRule } from '../../../src/commands/explain/new-rule.ts'
import { isRefusal } from '../../../src/core/refusal.ts'
import { methods } from '../../../src/temporal/methods.ts'
import { caseOf, goodStart, identityWith, sourceOf } from '../../support/explain.ts'

void t.test(
  'the rule that is offered loads, and allows every call that it is offered for',
  async (t) => {
    const identity = identityWith({}, 'tag-release-production-environment')
    for (const { name } of methods) {
      const example = caseOf({ identity, name, fields: { ...goodStart, handler: 'go' } })
      if (isRefusal(example.call)) throw new Error(name)
      if (example.call.needs.length === 0) continue
      const { write = '' } = newRule(identity, example.call.needs)
      const source = await sourceOf(t, `version: 1\nmachines:\n${write}\n`)
      const account = accountFor(source, example)
      t.ok(
        account.outcome === 'allowed' || account.code === 'nested_call_refused',
        `${name} ${account.code}`,
      )
    }
  },
)

void t.test('what is not protected is not insisted on, and is said', async (t) => {
  const identity = identityWith({
    ref_protected: 'false',
    environment: 'x',
    environment_protected: 'false',
    project_path: undefined,
  })
  const { message, write } = newRule(identity, [])
  t.match(message, /its ref is not protected.* under machines:/)
  t.notMatch(write, /protected|environment|project_path/)
  t.match(
    newRule({ ...identityWith(), kind: 'person' }, []).message,
    /may do this, add one under people:/,
  )
  t.match(newRule(identityWith(), []).write, /ref_protected: "true"/)
})
