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
  t.strictSame(contentOf('version: 1\n', policyShape).content, { version: 1, machines: [] })
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
  ['version: 1', 'version: 2', 'f:1:10 version: is not a version that is known; write 1'],
  [
    'machines:',
    'people: []\nmachines:',
    'f:2:1 people: is not a key that is known; known here: version, machines',
  ],
  [
    'name: ledger-main',
    'name: ledger main',
    'f:3:11 machines[0].name: is not a name; use letters, digits, dots, dashes and underscores, 63 at most',
  ],
  [
    'name: ledger-main',
    'nam: a\n    name: b',
    'f:3:5 machines[0].nam: is not a key that is known; did you mean name?',
  ],
  [
    'issuer: gitlab',
    'issuer: 7',
    'f:4:13 machines[0].issuer: is not text; put the value in quotes',
  ],
  ['    issuer: gitlab\n', '', 'f:3:5 machines[0].issuer: is missing; it is needed'],
  [
    '{ project_id: 48210377, ref: { any_of: [main, true] } }',
    '{}',
    'f:5:12 machines[0].match: is empty and would match everybody; name the claims to match',
  ],
  [
    '48210377',
    '[48210377]',
    'f:5:26 machines[0].match.project_id: is neither a value nor { any_of: [values] }',
  ],
  [
    '48210377',
    '',
    'f:5:26 machines[0].match.project_id: is neither a value nor { any_of: [values] }',
  ],
  [
    '48210377',
    '{ glob: x }',
    'f:5:26 machines[0].match.project_id: is neither a value nor { any_of: [values] }',
  ],
  [
    '[main, true]',
    '[]',
    'f:5:51 machines[0].match.ref.any_of: is empty, so nothing would match; list values',
  ],
  [
    '[main, true] }',
    '[main], none_of: [x] }',
    'f:5:59 machines[0].match.ref.none_of: is not a key that is known; known here: any_of',
  ],
  [
    'grants:',
    'allow: [forks]\n    grants:',
    'f:6:13 machines[0].allow[0]: is not a guard; write one of other_tokens, fork_pipelines, agents, policy_jobs',
  ],
  [
    'role: starter',
    'role: starters',
    'f:7:38 machines[0].grants[0].role: is not a role; write one of viewer, starter, caller, operator, scheduler, deployer, worker, admin',
  ],
  ['role: starter, ', '', 'f:7:9 machines[0].grants[0].role: is missing; it is needed'],
  [
    'namespace: payments',
    'namespace: ""',
    'f:7:22 machines[0].grants[0].namespace: is empty; write the name of a namespace',
  ],
  [
    'namespace: payments',
    'cluster: false',
    'f:7:20 machines[0].grants[0].cluster: can only be true',
  ],
  [
    'namespace: payments',
    'namespaces: payments, namespace: x',
    'f:7:11 machines[0].grants[0].namespaces: is not a key that is known; did you mean namespace?',
  ],
  [
    '["ledger-*"]',
    '"ledger-*"',
    'f:7:61 machines[0].grants[0].workflow_ids: is not a list; write it as [a, b] or with dashes',
  ],
  [
    '["ledger-*"]',
    '[]',
    'f:7:61 machines[0].grants[0].workflow_ids: is empty, so nothing would match; leave it out, or list values',
  ],
  [
    '["ledger-*"]',
    '[a, ""]',
    'f:7:65 machines[0].grants[0].workflow_ids[1]: is empty, and an empty value matches nothing; leave it out',
  ],
  [
    '["ledger-*"]',
    '[7]',
    'f:7:62 machines[0].grants[0].workflow_ids[0]: is not text; put the value in quotes',
  ],
  [
    '      - { namespace: payments, role: starter, workflow_ids: ["ledger-*"] }',
    '      []',
    'f:7:7 machines[0].grants: is empty, so the rule grants nothing',
  ],
]

for (const [from, to, line] of changes) {
  void t.test(`with ${JSON.stringify(to)} it says ${line}`, async (t) => {
    t.ok(text.includes(from))
    t.strictSame(shapeProblems(text.replace(from, to), policyShape), [line])
  })
}
