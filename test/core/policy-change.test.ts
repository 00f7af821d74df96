import t from 'tap'
import { policyChange } from '../../src/core/policy-change.ts'
import { policyOf } from '../support/tested-policy.ts'

const rule = (name: string, rest = 'role: viewer', match = 'project_id: 1') => `
  - name: ${name}
    issuer: gitlab
    match: { ${match} }
    grants: [{ namespace: payments, ${rest} }]`

const change = (before: string, after: string) =>
  policyChange(policyOf(`version: 1\n${before}`), policyOf(`version: 1\n${after}`))

const none = { added: [], removed: [], changed: [] }

t.test('rules and denials are added, removed and changed by their names', async (t) => {
  t.same(
    change(
      `machines: ${rule('a')}${rule('b')}${rule('c')}\ndenials: [{ name: d, match: { user_id: 1 } }]`,
      `machines: ${rule('a')}${rule('b', 'role: starter')}\ndenials: [{ name: e, match: { user_id: 1 } }]`,
    ),
    { added: ['e'], removed: ['c', 'd'], changed: ['b'] },
  )
})

t.test('every part of a rule counts', async (t) => {
  const before = `machines: ${rule('a', 'role: starter, workflow_ids: [x]', 'ref: { glob: a* }')}`
  for (const after of [
    `machines: ${rule('a', 'role: starter, workflow_ids: [y]', 'ref: { glob: a* }')}`,
    `machines: ${rule('a', 'role: starter, workflow_ids: [x]', 'ref: { glob: b* }')}`,
    `agents: ${rule('a', 'role: starter, workflow_ids: [x]', 'ref: { glob: a* }')}`,
    `machines: ${rule('a', 'role: starter, workflow_ids: [x]', 'ref: { glob: a* }')}\n    allow: [agents]`,
    `machines: ${rule('a', 'role: starter, task_queues: [x]', 'ref: { glob: a* }')}`,
  ]) {
    t.same(change(before, after), { ...none, changed: ['a'] }, after)
  }
  t.same(change(before, `# a comment\n${before}`), none)
})

t.test('a custom role that changes, changes the rules that grant it', async (t) => {
  const rules = `machines: ${rule('a', 'role: own')}${rule('b')}`
  t.same(change(`${rules}\nroles: { own: [viewer] }`, `${rules}\nroles: { own: [starter] }`), {
    ...none,
    changed: ['a'],
  })
})

t.test('the order of claims, values and rules changes nothing', async (t) => {
  t.same(
    change(
      `machines: ${rule('a', 'role: viewer', 'ref: main, project_id: { any_of: [1, 2] }')}${rule('b')}`,
      `machines: ${rule('b')}${rule('a', 'role: viewer', 'project_id: { any_of: [2, 1] }, ref: main')}`,
    ),
    none,
  )
})
