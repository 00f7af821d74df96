import t from 'tap'
import { policyLines, policyOf } from '../../support/checked-policy.ts'

void t.test('a policy that grants nothing to anybody is warned of', async (t) => {
  const denials = 'denials:\n  - { name: d, match: { user_id: 1 } }\n'
  for (const text of ['version: 1\n', `version: 1\nmachines: []\n${denials}`]) {
    t.strictSame(policyLines(text), [
      'f:1:1: warning: grants nothing to anybody, so every call is refused; add rules [rules-none]',
    ])
  }
  t.strictSame(policyLines(policyOf({ section: 'people' })), [])
})

void t.test('each kind of warning is looked for', async (t) => {
  const text = policyOf({
    match: 'project_path: acme/x',
    allow: 'agents',
    grants: '{ namespace: n, role: caller, workflow_types: [a] }',
    below: 'denials:\n  - { name: d, match: { project_path: acme/x } }\nroles: { r: [viewer] }\n',
  })
  const codes = policyLines(text).map((line) => line.replace(/.*\[([a-z-]+)\]$/, '$1'))
  t.strictSame(codes.toSorted(), [
    'guard-allowed',
    'path-without-id',
    'role-unused',
    'rule-denied',
    'verb-unreachable',
    'write-unprotected',
  ])
})
