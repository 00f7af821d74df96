import t from 'tap'
import { createPolicy } from '../../src/core/policy.ts'
import { identityOf, ruleOf } from '../support/decision-parts.ts'

void t.test('a policy finds the rules and denials that could concern an identity', async (t) => {
  const mine = ruleOf({ name: 'mine', grants: [] })
  const other = ruleOf({
    name: 'other',
    grants: [],
    match: new Map([['project_id', { operator: 'exact', value: '1' }]]),
  })
  const denial = { name: 'gone', issuer: undefined, match: mine.match }
  const policy = createPolicy({ rules: [other, mine], denials: [denial], hash: 'sha256:0' })
  t.strictSame(policy.rulesFor(identityOf()), [mine])
  t.strictSame(policy.denialsFor(identityOf()), [denial])
  t.strictSame(policy.rulesFor(identityOf({ claims: new Map() })), [])
  t.equal(policy.rules.length, 2)
  t.equal(policy.hash, 'sha256:0')
})
