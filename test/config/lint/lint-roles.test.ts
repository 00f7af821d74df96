import t from 'tap'
import { howWide, isTemporalRole } from '../../../src/config/lint/lint-roles.ts'
import { policyLines, policyOf } from '../../support/checked-policy.ts'

void t.test('a custom role that no rule grants, and no role takes in, is left over', async (t) => {
  const grants = '{ namespace: n, role: used }'
  const below = 'roles:\n  used: [part]\n  part: [viewer]\n  left: [viewer]\n'
  t.strictSame(policyLines(policyOf({ grants, below })), [
    'f:11:3 roles.left: warning: is granted nowhere; take it out, or grant it [role-unused]',
  ])
})

void t.test("a custom role is as wide as a role of Temporal's in it", async (t) => {
  const grants = '{ namespace: n, role: mine }'
  const below = 'roles:\n  mine: [viewer, "temporal:read"]\n'
  t.strictSame(policyLines(policyOf({ grants, below })), [
    `f:9:18 roles.mine[1]: warning: ${howWide('temporal:read')} [role-wide]`,
  ])
})

void t.test('what a wide role takes in is said', async (t) => {
  t.match(howWide('temporal:read'), /queries any workflow/)
  t.match(howWide('temporal:write'), /batches, deletions/)
  t.ok(isTemporalRole('temporal:admin'))
  t.notOk(isTemporalRole('admin'))
})
