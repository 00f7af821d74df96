import t from 'tap'
import { policyShape } from '../../src/config/policy-shape.ts'
import { contentOf, shapeProblems } from '../support/config-text.ts'

const text = `version: 1
machines:
  - name: ledger-main
    issuer: gitlab
    match: { project_id: 48210377, ref: { any_of: [main, true] } }
    grants:
      - { namespace: payments, role: starter, workflow_ids: ["ledger-*"] }
`

void t.test('a policy is a list of rules, and may be empty', async (t) => {
  t.strictSame(contentOf('version: 1\n', policyShape).content, {
    version: 1,
    machines: [],
    people: [],
    agents: [],
    denials: [],
    roles: {},
  })
  t.strictSame(contentOf(text, policyShape).content.machines, [
    {
      name: 'ledger-main',
      issuer: 'gitlab',
      match: { project_id: 48_210_377, ref: { any_of: ['main', true] } },
      allow: [],
      grants: [{ namespace: 'payments', role: 'starter', workflow_ids: ['ledger-*'] }],
    },
  ])
})

/** A change of the policy, and the one problem that comes of it. */
const changes: readonly [from: string, to: string, line: string][] = [
  [
    'version: 1',
    'version: 2',
    'f:1:10 version: is not a version that is known; write 1 [value-invalid]',
  ],
  [
    'machines:',
    'peple: []\nmachines:',
    'f:2:1 peple: is not a key that is known; did you mean people? [key-unknown]',
  ],
  [
    'name: ledger-main',
    'name: ledger main',
    'f:3:11 machines[0].name: is not a name; use letters, digits, dots, dashes and underscores, 63 at most [value-invalid]',
  ],
  [
    'name: ledger-main',
    'nam: a\n    name: b',
    'f:3:5 machines[0].nam: is not a key that is known; did you mean name? [key-unknown]',
  ],
  [
    'issuer: gitlab',
    'issuer: 7',
    'f:4:13 machines[0].issuer: is not text; put the value in quotes [value-invalid]',
  ],
  ['    issuer: gitlab\n', '', 'f:3:5 machines[0].issuer: is missing; it is needed [key-missing]'],
  [
    '{ project_id: 48210377, ref: { any_of: [main, true] } }',
    '{}',
    'f:5:12 machines[0].match: is empty and would match everybody; name the claims to match [value-invalid]',
  ],
  [
    '48210377',
    '[48210377]',
    'f:5:26 machines[0].match.project_id: is neither a value nor an operator; write a value, or { any_of: [a, b] } [value-invalid]',
  ],
  [
    '48210377',
    '',
    'f:5:26 machines[0].match.project_id: is neither a value nor an operator; write a value, or { any_of: [a, b] } [value-invalid]',
  ],
  [
    '48210377',
    '{}',
    'f:5:26 machines[0].match.project_id: is empty; write a value, or an operator such as any_of [value-invalid]',
  ],
  [
    '[main, true]',
    '[]',
    'f:5:51 machines[0].match.ref.any_of: is empty; list at least one value [value-invalid]',
  ],
  [
    '[main, true] }',
    '[main], noneof: [x] }',
    'f:5:59 machines[0].match.ref.noneof: is not a key that is known; did you mean none_of? [key-unknown]',
  ],
  [
    'grants:',
    'allow: [forks]\n    grants:',
    'f:6:13 machines[0].allow[0]: is not a guard; write one of other_tokens, fork_pipelines, agents, policy_jobs [value-invalid]',
  ],
  [
    'grants:',
    'allow: [fork_pipeline]\n    grants:',
    'f:6:13 machines[0].allow[0]: is not a guard; write one of other_tokens, fork_pipelines, agents, policy_jobs; did you mean fork_pipelines? [value-invalid]',
  ],
  [
    'role: starter',
    'role: ""',
    'f:7:38 machines[0].grants[0].role: is empty; write a value [value-invalid]',
  ],
  [
    'namespace: payments',
    'namespace: ""',
    'f:7:22 machines[0].grants[0].namespace: is empty; write a value [value-invalid]',
  ],
  [
    'namespace: payments',
    'cluster: false',
    'f:7:20 machines[0].grants[0].cluster: can only be true [value-invalid]',
  ],
  [
    'namespace: payments',
    'namespaces: payments, namespace: x',
    'f:7:11 machines[0].grants[0].namespaces: is not a key that is known; did you mean namespace? [key-unknown]',
  ],
  [
    '["ledger-*"]',
    '"ledger-*"',
    'f:7:61 machines[0].grants[0].workflow_ids: is not a list; write it as [a, b] or with dashes [value-invalid]',
  ],
  [
    '["ledger-*"]',
    '[]',
    'f:7:61 machines[0].grants[0].workflow_ids: is empty, so nothing would match; leave it out, or list values [value-invalid]',
  ],
  [
    '["ledger-*"]',
    '[a, ""]',
    'f:7:65 machines[0].grants[0].workflow_ids[1]: is empty, and an empty value matches nothing; leave it out [value-invalid]',
  ],
  [
    '["ledger-*"]',
    '[7]',
    'f:7:62 machines[0].grants[0].workflow_ids[0]: is not text; put the value in quotes [value-invalid]',
  ],
  [
    '      - { namespace: payments, role: starter, workflow_ids: ["ledger-*"] }',
    '      []',
    'f:7:7 machines[0].grants: is empty, so the rule grants nothing [value-invalid]',
  ],
]

for (const [from, to, line] of changes) {
  void t.test(`with ${JSON.stringify(to)} it says ${line}`, async (t) => {
    t.ok(text.includes(from))
    t.strictSame(shapeProblems(text.replace(from, to), policyShape), [line])
  })
}
