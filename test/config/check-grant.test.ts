import t from 'tap'
import { policyLines, policyOf } from '../support/checked-policy.ts'

const scope = 'needs exactly one of namespace, cluster: true and audit: review [grant-scope]'

/** A grant of a rule for machines that pins `environment`, and the errors that come of it. */
const cases: readonly [grant: string, ...lines: string[]][] = [
  ['{ namespace: payments, role: viewer }'],
  ['{ cluster: true, role: viewer }'],
  ['{ namespace: "payments-{environment}", role: viewer }'],
  ['{ role: viewer }', `f:7:14 machines[0].grants[0]: ${scope}`],
  ['{ role: viewer, namespace: n, cluster: true }', `f:7:14 machines[0].grants[0]: ${scope}`],
  [
    '{ audit: review }',
    'f:7:23 machines[0].grants[0].audit: is for people only; move the rule there [grant-section]',
  ],
  [
    '{ namespace: n }',
    'f:7:14 machines[0].grants[0].role: is missing; write a role such as viewer [key-missing]',
  ],
  [
    '{ namespace: n, role: starters }',
    'f:7:36 machines[0].grants[0].role: is not a role; did you mean starter? [role-unknown]',
  ],
  [
    '{ cluster: true, role: starter }',
    'f:7:37 machines[0].grants[0].role: means nothing over a cluster; write viewer or admin, or name a namespace [grant-empty]',
  ],
  [
    '{ namespace: n, role: browser }',
    'f:7:36 machines[0].grants[0].role: means nothing over a namespace; write cluster: true [grant-empty]',
  ],
  [
    '{ cluster: true, role: viewer, task_queues: [a], handlers: [b] }',
    'f:7:45 machines[0].grants[0].task_queues: narrows nothing on the cluster; leave it out [narrowing-useless]',
    'f:7:63 machines[0].grants[0].handlers: narrows nothing on the cluster; leave it out [narrowing-useless]',
  ],
  [
    '{ namespace: "pay*", role: viewer }',
    'f:7:27 machines[0].grants[0].namespace: is no pattern; write one namespace, or {claim} for a claim that this rule pins [namespace-pattern]',
  ],
  [
    '{ namespace: "{Environment}", role: viewer }',
    'f:7:27 machines[0].grants[0].namespace: is no pattern; write one namespace, or {claim} for a claim that this rule pins [namespace-pattern]',
  ],
  [
    '{ namespace: "{ref}-{constructor}", role: viewer }',
    'f:7:27 machines[0].grants[0].namespace: names {ref}, which this rule does not pin; add ref with its values to match, or write the namespace out [namespace-unpinned]',
    'f:7:27 machines[0].grants[0].namespace: names {constructor}, which this rule does not pin; add constructor with its values to match, or write the namespace out [namespace-unpinned]',
  ],
]

for (const [grant, ...lines] of cases) {
  void t.test(`${grant} has ${lines.length} errors, each in its place`, async (t) => {
    const match =
      'project_id: 1, ref_path: { glob: "**" }, environment: { any_of: [a, b] }, environment_protected: true'
    const text = policyOf({ match, grants: grant, below: 'roles: { browser: [browse] }\n' })
    t.strictSame(
      policyLines(text).filter((line) => !/warning/.test(line)),
      lines,
    )
  })
}

void t.test('people may be granted reviews, and nothing in Temporal with them', async (t) => {
  const parts = { section: 'people', match: 'user_id: 1' } as const
  t.strictSame(policyLines(policyOf({ ...parts, grants: '{ audit: review }' })), [])
  const grants = '{ audit: review, role: viewer, task_queues: [a] }'
  t.strictSame(policyLines(policyOf({ ...parts, grants })), [
    'f:7:31 people[0].grants[0].role: means nothing beside audit; leave it out [grant-scope]',
    'f:7:45 people[0].grants[0].task_queues: means nothing beside audit; leave it out [grant-scope]',
  ])
})
