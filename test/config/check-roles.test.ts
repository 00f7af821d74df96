import t from 'tap'
import { policyLines, policyOf } from '../support/checked-policy.ts'

function linesOf(roles: string, grants: string): string[] {
  return policyLines(policyOf({ grants, below: `roles:\n${roles}` }))
}

const grant = '{ namespace: n, role: mine }'

void t.test('custom roles are made of roles and verbs', async (t) => {
  t.strictSame(linesOf('  mine: [starter, cancel, other]\n  other: [viewer]\n', grant), [])
})

void t.test('a part that is neither role nor verb is told what was probably meant', async (t) => {
  t.strictSame(linesOf('  mine: [viewer, cancle, strater, xyzxyz]\n', grant), [
    'f:9:18 roles.mine[1]: is neither a role nor a verb; did you mean cancel? [role-unknown]',
    'f:9:26 roles.mine[2]: is neither a role nor a verb; did you mean starter? [role-unknown]',
    'f:9:35 roles.mine[3]: is neither a role nor a verb; known roles: viewer, starter, caller, operator, scheduler, deployer, worker, admin, temporal:read, temporal:write, temporal:admin, mine [role-unknown]',
  ])
})

void t.test('a role leads back to itself by no way', async (t) => {
  t.strictSame(linesOf('  mine: [other]\n  other: [viewer, mine]\n', grant), [
    'f:10:19 roles.other[1]: leads back to other; take it out [role-circular]',
  ])
})

void t.test('a built-in role keeps its name', async (t) => {
  t.strictSame(linesOf('  viewer: [cancel]\n', '{ namespace: n, role: viewer }'), [
    'f:9:3 roles.viewer: is the name of a built-in role; choose another [role-shadows]',
  ])
})
