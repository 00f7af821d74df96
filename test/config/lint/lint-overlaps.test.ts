import t from 'tap'
import { policyLines, policyProblems } from '../../support/checked-policy.ts'

interface RuleText {
  readonly match?: string
  readonly grants?: string
  readonly allow?: string
  readonly issuer?: string
}

function ruleText(name: string, { match, grants, allow, issuer }: RuleText): string {
  const matches = match ?? 'project_id: 1, ref_protected: true'
  const granted = grants ?? '{ namespace: n, role: viewer }'
  return `  - { name: ${name}, issuer: ${issuer ?? 'own'}, allow: [${allow ?? ''}], match: { ${matches} }, grants: [${granted}] }\n`
}

/** Which of the rules, called a, b, …, are shadowed or denied. */
function overlapsOf(rules: readonly RuleText[], denials = ''): string[] {
  const texts = rules.map((rule, at) => ruleText('abcd'[at] ?? '', rule)).join('')
  const text = `version: 1\nmachines:\n${texts}${denials}`
  return policyProblems(text)
    .filter(({ code }) => code.startsWith('rule-'))
    .map(({ path, message }) => `${path} ${message.replace(/[,:] wh.*/, '')}`)
}

const shadowed = ['machines[1].name adds nothing to a']

void t.test('a rule that another one says already is shadowed, whichever is first', async (t) => {
  const narrow = { match: 'project_id: 1, sha: ab, ref_protected: true' }
  t.strictSame(overlapsOf([{}, narrow]), shadowed)
  t.strictSame(overlapsOf([narrow, {}]), ['machines[0].name adds nothing to b'])
  t.strictSame(overlapsOf([{}, {}]), shadowed, 'of two that are alike, the first stays')
  t.strictSame(overlapsOf([{}, {}, {}]), [...shadowed, 'machines[2].name adds nothing to a'])
  const text = `version: 1\nmachines:\n${ruleText('a', {})}${ruleText('b', {})}`
  t.strictSame(policyLines(text), [
    'f:4:13 machines[1].name: warning: adds nothing to a, which gives the same identities as much or more; take it out, or make the other narrower [rule-shadowed]',
  ])
})

void t.test('a rule of other identities is not shadowed', async (t) => {
  const others: readonly RuleText[] = [
    { match: 'project_id: 2, ref_protected: true' },
    { match: 'project_id: 1, environment_protected: true' },
    { issuer: 'shared' },
  ]
  for (const other of others) t.strictSame(overlapsOf([{}, other]), [], JSON.stringify(other))
})

void t.test('a rule that turns a guard off is for more identities', async (t) => {
  t.strictSame(overlapsOf([{}, { allow: 'agents' }]), ['machines[0].name adds nothing to b'])
  t.strictSame(overlapsOf([{ allow: 'agents' }, {}]), shadowed)
  t.strictSame(overlapsOf([{ allow: 'agents' }, { allow: 'policy_jobs' }]), [])
})

void t.test('lists of ids shadow what is within them, found by any of the ids', async (t) => {
  const several = { match: 'project_id: { any_of: [3, 2, 1] }, ref_protected: true' }
  t.strictSame(
    overlapsOf([several, { match: 'project_id: { any_of: [1, 3] }, ref_protected: true' }]),
    shadowed,
  )
  t.strictSame(
    overlapsOf([several, { match: 'project_id: { any_of: [1, 4] }, ref_protected: true' }]),
    [],
  )
  const group = { match: 'namespace_path: { under: acme }, namespace_id: 7' }
  const team = { match: 'namespace_path: { under: acme/pay }, namespace_id: 7' }
  t.strictSame(overlapsOf([group, team]), shadowed)
  t.strictSame(overlapsOf([team, group]), ['machines[0].name adds nothing to b'])
})

/** Grants of two rules for the same identities, the second of which adds nothing. */
const same: readonly [string, string][] = [
  ['{ namespace: n, role: starter }', '{ namespace: n, role: viewer }'],
  ['{ namespace: n, role: starter }', '{ namespace: n, role: starter, task_queues: [a] }'],
  [
    '{ namespace: n, role: starter, task_queues: [a, b] }',
    '{ namespace: n, role: starter, task_queues: [a] }',
  ],
  [
    '{ namespace: n, role: starter, task_queues: ["a*"] }',
    '{ namespace: n, role: starter, task_queues: [ab, "ab*", "a*c"] }',
  ],
  [
    '{ namespace: n, role: viewer }, { namespace: m, role: viewer }',
    '{ namespace: m, role: viewer }',
  ],
]

/** Grants of two rules for the same identities, each of which adds something. */
const different: readonly [string, string][] = [
  ['{ namespace: n, role: viewer }', '{ namespace: m, role: viewer }'],
  ['{ namespace: n, role: scheduler }', '{ namespace: n, role: deployer }'],
  [
    '{ namespace: n, role: starter, workflow_types: [a] }',
    '{ namespace: n, role: starter, workflow_types: [a], workflow_ids: [b] }',
  ],
  [
    '{ namespace: n, role: starter, task_queues: [a] }',
    '{ namespace: n, role: starter, workflow_ids: [a] }',
  ],
  [
    '{ namespace: n, role: starter, task_queues: ["a*c"] }',
    '{ namespace: n, role: starter, task_queues: ["ab*"] }',
  ],
  [
    '{ namespace: n, role: starter, task_queues: ["ac*"] }',
    '{ namespace: n, role: starter, task_queues: ["ab*"] }',
  ],
]

void t.test('grants that another rule gives already add nothing', async (t) => {
  for (const [grants, less] of same) {
    t.strictSame(overlapsOf([{ grants }, { grants: less }]), shadowed, less)
  }
})

void t.test('grants that differ in namespace, verbs or narrowed fields both count', async (t) => {
  for (const [a, b] of different)
    t.strictSame(overlapsOf([{ grants: a }, { grants: b }]), [], `${a} ${b}`)
})

void t.test('sections are for others', async (t) => {
  const rule = ruleText('a', { match: 'project_id: 1' })
  const text = `version: 1\nmachines:\n${rule}agents:\n${rule.replace('name: a', 'name: b')}`
  t.strictSame(policyLines(text), [])
})

void t.test('a rule whose identities are all denied grants nothing', async (t) => {
  const denial = (match: string) => `denials:\n  - { name: gone, ${match} }\n`
  const denied = ['machines[0].name grants nothing']
  t.strictSame(overlapsOf([{}], denial('match: { project_id: 1 }')), denied)
  t.strictSame(overlapsOf([{}], denial('match: { project_id: { any_of: [2, 1] } }')), denied)
  t.strictSame(overlapsOf([{}], denial('issuer: own, match: { project_id: 1 }')), denied)
  t.strictSame(overlapsOf([{}], denial('issuer: shared, match: { project_id: 1 }')), [])
  t.strictSame(overlapsOf([{}], denial('match: { project_id: 1, sha: ab }')), [])
  t.strictSame(
    overlapsOf([{}, {}], denial('match: { project_id: 1 }')).length,
    2,
    'and shadows nothing',
  )
})

void t.test('ten thousand rules are compared in the time of a few', async (t) => {
  const rules = Array.from({ length: 10_000 }, (_, at) =>
    ruleText(`r${at}`, { match: `project_id: ${at}, ref_protected: true` }),
  )
  t.strictSame(policyLines(`version: 1\nmachines:\n${rules.join('')}`), [])
})

void t.test('people in one group may be in another one too', async (t) => {
  const rule = (name: string, test: string) =>
    `  - { name: ${name}, issuer: own, match: { groups_direct: ${test} }, grants: [{ audit: review }] }\n`
  const overlaps = (...tests: string[]) =>
    policyProblems(`version: 1\npeople:\n${tests.map((test, at) => rule(`r${at}`, test)).join('')}`)
      .filter(({ code }) => code === 'rule-shadowed')
      .map(({ path }) => path)
  t.strictSame(overlaps('{ any_of: [acme, corp] }', 'acme'), ['people[1].name'])
  t.strictSame(overlaps('{ none_of: [corp] }', 'acme'), [])
})
