import t from 'tap'
import { policyLines, policyOf, policyProblems } from '../support/checked-policy.ts'

const ids = 'is a pattern, and ids are pinned whole; list them with any_of [pattern-in-id]'
const literal = 'has a *, which is literal here; write { glob: … } for a pattern [pattern-in-value]'

/** Tests of a rule beside its `project_id`, and the lines that come of them. */
const cases: readonly [match: string, ...lines: string[]][] = [
  ['ref_path: refs/heads/main'],
  ['ref_protected: "true"'],
  [
    'ref_typ: tag',
    'f:5:29 machines[0].match.ref_typ: is not a claim that rules can test; did you mean ref_type? [claim-unknown]',
  ],
  [
    'user_email: a@b',
    'f:5:29 machines[0].match.user_email: is left out of identities, or checked with the token itself, so no rule can test it; test another claim, such as project_id [claim-ignored]',
  ],
  [
    'sha: ""',
    'f:5:34 machines[0].match.sha: is empty; write the value that the claim must have [claim-value-empty]',
  ],
  ['sha: "4f*"', `f:5:34 machines[0].match.sha: ${literal}`],
  ['sha: { any_of: [ab, "4f*"] }', `f:5:49 machines[0].match.sha.any_of[1]: ${literal}`],
  ['sha: { none_of: ["4f*"] }', `f:5:46 machines[0].match.sha.none_of[0]: ${literal}`],
  ['user_id: "91*"', `f:5:38 machines[0].match.user_id: ${ids}`],
  ['user_id: { glob: "912?" }', `f:5:40 machines[0].match.user_id.glob: ${ids}`],
  ['user_id: { under: acme }', `f:5:40 machines[0].match.user_id.under: ${ids}`],
  ['user_id: { semver: ">=1" }', `f:5:40 machines[0].match.user_id.semver: ${ids}`],
  ['sha: { semver: ">=1 <2" }'],
  [
    'sha: { semver: "one" }',
    'f:5:44 machines[0].match.sha.semver: is not a range of versions; write one such as ">=1.0.0 <2" [semver-invalid]',
  ],
  ['namespace_path: { under: acme/payments/ }'],
  [
    'namespace_path: { under: "acme/*" }',
    'f:5:54 machines[0].match.namespace_path.under: has a *, which is literal here; under means everything below already [pattern-in-value]',
  ],
  [
    'namespace_path: { under: /acme }',
    'f:5:54 machines[0].match.namespace_path.under: warning: is no path as tokens have it; write group/project, without host and outer slashes [value-impossible]',
  ],
  [
    'ref_protected: TRUE',
    'f:5:44 machines[0].match.ref_protected: warning: means true; write true, or put what you mean in quotes [value-changed]',
  ],
  [
    'runner_environment: gitlab_hosted',
    'f:5:49 machines[0].match.runner_environment: warning: is no value of runner_environment; did you mean gitlab-hosted? [value-impossible]',
  ],
]

for (const [match, ...lines] of cases) {
  void t.test(`{ ${match} } has ${lines.length} problems, each in its place`, async (t) => {
    const text = policyOf({ match: `project_id: 1, ${match}` })
    t.strictSame(policyLines(text), lines)
  })
}

void t.test(
  'a claim that is like none is told all that there are, without those ignored',
  async (t) => {
    const [line = ''] = policyLines(policyOf({ match: 'project_id: 1, constructor: x' }))
    t.match(
      line,
      /is not a claim that rules can test; known: project_id, .*, sha, .*ci_config_sha \[/,
    )
    t.notMatch(line, /user_email|aud/)
  },
)

void t.test('denials are checked alike, for their issuer or for all', async (t) => {
  for (const issuer of ['', 'issuer: own, ']) {
    const below = `denials:\n  - { name: d, ${issuer}match: { user_idd: 1, ref: "v*" } }\n`
    t.strictSame(
      policyProblems(policyOf({ below })).map(({ code, path }) => `${path} ${code}`),
      ['denials[0].match.user_idd claim-unknown', 'denials[0].match.ref pattern-in-value'],
    )
  }
})

void t.test('people are tested by the claims of a login, and by no others', async (t) => {
  const people = { section: 'people', grants: '{ audit: review }' } as const
  t.strictSame(policyLines(policyOf({ ...people, match: 'user_id: 1, group_direct: acme' })), [
    'f:5:26 people[0].match.group_direct: is not a claim that rules can test; did you mean groups_direct? [claim-unknown]',
  ])
  t.strictSame(policyLines(policyOf({ ...people, match: 'project_id: 1' }), 'claim-unknown'), [
    'f:5:14 people[0].match.project_id: is not a claim that rules can test; known: user_id, user_login, groups_direct [claim-unknown]',
  ])
  t.strictSame(policyLines(policyOf({ ...people, match: 'email: a@b.example' }), 'claim-ignored'), [
    'f:5:14 people[0].match.email: is left out of identities, or checked with the token itself, so no rule can test it; test another claim, such as user_id [claim-ignored]',
  ])
  t.strictSame(
    policyLines(policyOf({ ...people, match: 'user_id: 1, groups_direct: { under: /acme } ' })),
    [
      'f:5:50 people[0].match.groups_direct.under: warning: is no path as tokens have it; write group/subgroup, without host and outer slashes [value-impossible]',
    ],
  )
})

void t.test('a denial may test what jobs carry and what people do', async (t) => {
  const denialOf = (match: string) =>
    policyProblems(policyOf({ below: `denials:\n  - { name: d, match: { ${match} } }\n` })).map(
      ({ code }) => code,
    )
  t.strictSame(denialOf('groups_direct: acme/contractors'), [])
  t.strictSame(denialOf('project_id: 2'), [])
  t.strictSame(denialOf('user_id: 1'), [])
  t.strictSame(denialOf('email: a@b.example'), ['claim-ignored'])
  t.strictSame(denialOf('groups: acme'), ['claim-unknown'])
})
