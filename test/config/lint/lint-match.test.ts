import t from 'tap'
import { policyLines, policyOf, policyProblems } from '../../support/checked-policy.ts'

/** Warnings of a rule with this match: `path code`. */
function warningsOf(match: string, parts: Parameters<typeof policyOf>[0] = {}): string[] {
  return policyProblems(policyOf({ match, ...parts })).map(
    ({ path, code }) => `${path.replace('machines[0].', '')} ${code}`,
  )
}

const start = { grants: '{ namespace: n, role: starter }' }

void t.test('operators that exclude each other are noticed', async (t) => {
  const never = ['{ any_of: [1, 2], none_of: [1, 2] }', '{ any_of: [1], present: false }']
  for (const test of never)
    t.strictSame(warningsOf(`project_id: ${test}`), ['match.project_id match-never'], test)
  t.strictSame(warningsOf('project_id: 1, sha: { glob: "a*", present: false }'), [
    'match.sha match-never',
  ])
  for (const test of ['{ any_of: [1, 2], none_of: [1] }', '{ any_of: [1], present: true }']) {
    t.strictSame(warningsOf(`project_id: ${test}`), [], test)
  }
  t.strictSame(warningsOf('project_id: 1, sha: { glob: "a*", none_of: [ab] }'), [])
  t.strictSame(warningsOf('project_id: 1, sha: { none_of: [ab], present: false }'), [])
})

void t.test('a rule that names no project is for all of them', async (t) => {
  t.strictSame(policyLines(policyOf({ match: 'ref_protected: true' })), [
    'f:5:5 machines[0].match: warning: is for every project of own; pin project_id or namespace_id [project-unnamed]',
  ])
  t.strictSame(warningsOf('project_id: { none_of: [1] }'), ['match project-unnamed'])
  for (const claim of ['project_id', 'namespace_id', 'job_project_id', 'job_namespace_id']) {
    t.strictSame(warningsOf(`${claim}: 1`), [], claim)
  }
  t.match(warningsOf('sha: ab', { section: 'agents' }), [/project-unnamed/])
})

void t.test('a name that can change hands needs the id of who has it', async (t) => {
  t.strictSame(policyLines(policyOf({ match: 'project_path: acme/x' })), [
    'f:5:28 machines[0].match.project_path: warning: can be given up and taken by somebody else; pin project_id too [path-without-id]',
  ])
  const backed = {
    project_path: ['project_id', 'namespace_id'],
    namespace_path: ['namespace_id', 'project_id'],
    job_project_path: ['job_project_id', 'project_id'],
    job_namespace_path: ['job_namespace_id', 'job_project_id', 'namespace_id'],
  }
  for (const [label, ids] of Object.entries(backed)) {
    t.strictSame(warningsOf(`${label}: acme`), [`match.${label} path-without-id`])
    t.strictSame(warningsOf(`${label}: { under: acme }`), [`match.${label} path-without-id`])
    for (const id of ids) t.strictSame(warningsOf(`${label}: acme, ${id}: 1`), [], `${label} ${id}`)
  }
  const present = 'project_path: acme, project_id: { present: true }'
  t.strictSame(warningsOf(present), ['match.project_path path-without-id'])
  t.strictSame(warningsOf('project_id: 1, user_login: a'), ['match.user_login path-without-id'])
  t.strictSame(warningsOf('project_id: 1, user_login: a, user_id: 2'), [])
  t.strictSame(warningsOf('project_id: 1, source_project_path: a'), [
    'match.source_project_path path-without-id',
  ])
  t.strictSame(warningsOf('project_id: 1, source_namespace_path: a, source_project_id: 2'), [])
  t.strictSame(warningsOf('project_id: 1, user_login: { none_of: [a] }'), [])
})

void t.test('an environment means something where it is protected', async (t) => {
  t.strictSame(policyLines(policyOf({ match: 'project_id: 1, environment: production' })), [
    'f:5:29 machines[0].match.environment: warning: is what the author of the job writes, unless it is protected; add environment_protected: true [environment-unprotected]',
  ])
  t.strictSame(warningsOf('project_id: 1, deployment_tier: production'), [
    'match.deployment_tier environment-unprotected',
  ])
  t.strictSame(warningsOf('project_id: 1, environment: a, environment_protected: true'), [])
  t.strictSame(
    warningsOf('project_id: 1, environment: a, environment_protected: { any_of: ["true"] }'),
    [],
  )
  t.strictSame(warningsOf('project_id: 1, environment: { present: false }'), [])
  const either = 'project_id: 1, environment: a, environment_protected: { any_of: [true, false] }'
  t.strictSame(warningsOf(either), ['match.environment environment-unprotected'])
})

void t.test('what changes things is for protected refs or environments', async (t) => {
  t.strictSame(policyLines(policyOf({ match: 'project_id: 1', ...start })), [
    'f:7:36 machines[0].grants[0].role: warning: grants start to jobs that anybody who can push may write; add ref_protected: true, or an environment with environment_protected: true [write-unprotected]',
  ])
  t.strictSame(warningsOf('project_id: 1, ref_protected: true', start), [])
  t.strictSame(warningsOf('project_id: 1, environment_protected: true', start), [])
  t.strictSame(warningsOf('project_id: 1, ref_protected: false', start), [
    'grants[0].role write-unprotected',
  ])
  t.strictSame(warningsOf('project_id: 1'), [])
  const second = { grants: '{ namespace: n, role: viewer }, { namespace: n, role: admin }' }
  t.match(policyLines(policyOf({ match: 'project_id: 1', ...second })), [
    /^f:7:68 machines\[0\]\.grants\[1\]\.role: warning: grants start, start-activity, start-nexus, signal and more to/,
  ])
  const query = { grants: '{ namespace: n, role: asker }', below: 'roles: { asker: [query] }\n' }
  t.strictSame(warningsOf('project_id: 1', query), [], 'a query changes nothing')
})

void t.test('people have no ref and no environment', async (t) => {
  t.strictSame(warningsOf('user_id: 1', { section: 'people', ...start }), [])
})

void t.test(
  'people are named by their id or by a group, and a login can change hands',
  async (t) => {
    const people = { section: 'people', grants: '{ audit: review }' } as const
    for (const match of [
      'user_id: 1',
      'user_id: { any_of: [1, 2] }, user_login: { any_of: [a, b] }',
      'groups_direct: acme/auditors',
      'groups_direct: { under: acme }',
    ]) {
      t.strictSame(warningsOf(match, people), [], match)
    }
    t.strictSame(policyLines(policyOf({ match: 'user_login: dmeyer', ...people })), [
      'f:5:26 people[0].match.user_login: warning: can be given up and taken by somebody else; pin user_id too [path-without-id]',
    ])
    t.strictSame(policyLines(policyOf({ match: 'user_id: { none_of: [1] }', ...people })), [
      'f:5:5 people[0].match: warning: is for everybody who can log in with own; pin user_id, or name a group in groups_direct [project-unnamed]',
    ])
    t.strictSame(warningsOf('groups_direct: { present: true }', people), [
      'people[0].match project-unnamed',
    ])
  },
)

void t.test('one of several groups may be listed and another one be below a group', async (t) => {
  const people = { section: 'people', grants: '{ audit: review }' } as const
  t.strictSame(warningsOf('groups_direct: { any_of: [acme/x], under: corp }', people), [])
  t.strictSame(warningsOf('user_login: { any_of: [a], none_of: [a] }, user_id: 1', people), [
    'people[0].match.user_login match-never',
  ])
})
