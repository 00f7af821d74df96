import t from 'tap'
import { checkPolicy, type KnownIssuer } from '../../src/config/check-policy.ts'
import { policyShape } from '../../src/config/policy-shape.ts'
import { contentOf, linesOf } from '../support/config-text.ts'

const claims = ['project_id', 'namespace_id', 'job_project_id', 'ref', 'ref_type', 'user_id']
const issuers: readonly KnownIssuer[] = [
  { name: 'gitlab', shared: true, claims },
  { name: 'own-gitlab', shared: false, claims },
]

const good = `version: 1
machines:
  - name: first
    issuer: gitlab
    match: { project_id: 48210377, ref: main }
    grants:
      - { namespace: payments, role: starter, workflow_ids: ["ledger-*"] }
`

function problemsOf(text: string): string[] {
  const { yaml, content } = contentOf(text, policyShape)
  return linesOf(checkPolicy(yaml, content, issuers))
}

void t.test('a good policy has no problems', async (t) => {
  t.strictSame(problemsOf(good), [])
  t.strictSame(problemsOf('version: 1'), [])
})

const grant = '{ namespace: payments, role: starter, workflow_ids: ["ledger-*"] }'
const noTenant =
  'names no tenant; strangers have tokens of this issuer; pin project_id or namespace_id'
const literal = 'has a *, which is taken literally here; list the values in any_of'
const eitherOr = 'needs either a namespace or cluster: true, not both'
const one = 'is taken literally here; write one namespace, without * or {}'

/** A change of the good policy, and the problems that come of it. */
const changes: readonly [from: string, to: string, lines: readonly string[]][] = [
  ['issuer: gitlab', 'issuer: own-gitlab', []],
  [
    'issuer: gitlab',
    'issuer: gitlap',
    ['f:4:13 machines[0].issuer: is not an issuer in the service file; did you mean gitlab?'],
  ],
  [
    'issuer: gitlab',
    'issuer: somebody',
    ['f:4:13 machines[0].issuer: is not an issuer in the service file; known: gitlab, own-gitlab'],
  ],
  ['project_id: 48210377, ', '', [`f:5:12 machines[0].match: ${noTenant}`]],
  ['project_id: 48210377', 'job_project_id: 48210377', [`f:5:12 machines[0].match: ${noTenant}`]],
  ['project_id: 48210377', 'user_id: 7', [`f:5:12 machines[0].match: ${noTenant}`]],
  ['project_id: 48210377', 'namespace_id: 7', []],
  [
    'ref: main',
    'reff: main',
    ['f:5:36 machines[0].match.reff: is not a claim that rules can test; did you mean ref?'],
  ],
  [
    'ref: main',
    'user_email: a@b',
    [
      `f:5:36 machines[0].match.user_email: is not a claim that rules can test; known: ${claims.join(', ')}`,
    ],
  ],
  [
    'ref: main',
    'constructor: x',
    [
      `f:5:36 machines[0].match.constructor: is not a claim that rules can test; known: ${claims.join(', ')}`,
    ],
  ],
  ['ref: main', 'ref: "feature/*"', [`f:5:41 machines[0].match.ref: ${literal}`]],
  [
    'ref: main',
    'ref: { any_of: [main, "v*"] }',
    [`f:5:58 machines[0].match.ref.any_of[1]: ${literal}`],
  ],
  [
    'ref: main',
    'ref: ""',
    ['f:5:41 machines[0].match.ref: is empty; write the value that the claim must have'],
  ],
  [
    'ref: main',
    'ref: { any_of: ["", x] }',
    ['f:5:52 machines[0].match.ref.any_of[0]: is empty; write the value that the claim must have'],
  ],
  ['ref: main', 'ref: true', []],
  [grant, '{ role: viewer }', [`f:7:9 machines[0].grants[0]: ${eitherOr}`]],
  [
    grant,
    '{ role: viewer, namespace: n, cluster: true }',
    [`f:7:9 machines[0].grants[0]: ${eitherOr}`],
  ],
  [
    grant,
    '{ role: viewer, namespace: "pay*" }',
    [`f:7:36 machines[0].grants[0].namespace: ${one}`],
  ],
  [
    grant,
    '{ role: viewer, namespace: "payments-{environment}" }',
    [`f:7:36 machines[0].grants[0].namespace: ${one}`],
  ],
  [grant, '{ role: viewer, cluster: true }', []],
  [grant, '{ role: admin, cluster: true }', []],
  [
    grant,
    '{ role: starter, cluster: true }',
    [
      'f:7:17 machines[0].grants[0].role: means nothing on the cluster; write viewer or admin, or name a namespace',
    ],
  ],
  [
    grant,
    '{ role: admin, cluster: true, task_queues: [a], handlers: [b] }',
    [
      'f:7:52 machines[0].grants[0].task_queues: narrows nothing on the cluster; leave it out',
      'f:7:67 machines[0].grants[0].handlers: narrows nothing on the cluster; leave it out',
    ],
  ],
]

for (const [from, to, lines] of changes) {
  void t.test(`with ${JSON.stringify(to)} it has ${lines.length} problems`, async (t) => {
    t.ok(good.includes(from))
    t.strictSame(problemsOf(good.replace(from, to)), lines)
  })
}

void t.test('a rule needs a name of its own', async (t) => {
  const rule = good.slice(good.indexOf('  - name'))
  t.strictSame(problemsOf(`${good}${rule}${rule}`), [
    'f:8:11 machines[1].name: is the name of an earlier rule; give each rule its own',
    'f:13:11 machines[2].name: is the name of an earlier rule; give each rule its own',
  ])
})

void t.test('every problem of every rule comes at once', async (t) => {
  const bad = good
    .replace('project_id', 'porject_id')
    .replace('main', '"*"')
    .replace(grant, '{ role: viewer }')
  t.strictSame(
    problemsOf(bad + bad.slice(bad.indexOf('  - name'))).map((line) => line.split(': ')[0]),
    [
      'f:5:14 machines[0].match.porject_id',
      'f:5:12 machines[0].match',
      'f:5:41 machines[0].match.ref',
      'f:7:9 machines[0].grants[0]',
      'f:8:11 machines[1].name',
      'f:10:14 machines[1].match.porject_id',
      'f:10:12 machines[1].match',
      'f:10:41 machines[1].match.ref',
      'f:12:9 machines[1].grants[0]',
    ],
  )
})
