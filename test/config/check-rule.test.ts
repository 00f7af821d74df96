import t from 'tap'
import { policyLines, policyOf } from '../support/checked-policy.ts'

/** Codes that a rule has by its match. */
function codesOf(match: string, parts: Parameters<typeof policyOf>[0] = {}): string[] {
  const lines = policyLines(policyOf({ match, ...parts })).filter((line) => !/warning/.test(line))
  return lines.map((line) => line.replace(/.*\[([a-z-]+)\]$/, '$1'))
}

const tenant = 'f:5:5 machines[0].match: names no tenant'

void t.test('a rule for a shared issuer needs a tenant that nobody else can be', async (t) => {
  const shared = { issuer: 'shared' }
  const pinned = [
    'project_id: 1',
    'namespace_id: 1',
    'project_id: { any_of: [1, 2] }',
    'namespace_path: { under: acme }',
    'project_path: { under: acme/payments }',
  ]
  for (const match of pinned) t.strictSame(codesOf(match, shared), [], match)
  const unpinned = [
    'job_project_id: 1',
    'project_path: acme/x',
    'project_id: { none_of: [1] }',
    'project_id: { present: true }',
    'namespace_path: { glob: acme/** }',
    'job_namespace_path: { under: acme }',
  ]
  for (const match of unpinned) t.strictSame(codesOf(match, shared), ['tenant-unpinned'], match)
  t.match(policyLines(policyOf({ match: 'job_project_id: 1', ...shared }))[0], tenant)
  t.strictSame(codesOf('job_project_id: 1'), [], 'an issuer of one’s own has no strangers')
})

void t.test('a group above a ref or a login is no tenant: strangers choose those', async (t) => {
  for (const claim of ['ref_path', 'environment', 'source_project_path', 'ci_config_ref_uri']) {
    const match = `${claim}: { under: acme }`
    t.strictSame(codesOf(match, { issuer: 'shared' }), ['tenant-unpinned'], claim)
  }
})

void t.test('a user alone is not whom a job belongs to', async (t) => {
  t.match(policyLines(policyOf({ match: 'user_id: 1' })), [
    /^f:5:5 machines\[0\]\.match: limits only user_\* claims, which .* pin project_id too \[user-only\]$/,
  ])
  const alone = [
    'user_login: a, user_id: 1',
    'user_id: 1, pipeline_source: { none_of: [web] }',
    'user_id: 1, environment: { present: true }',
  ]
  for (const match of alone) t.strictSame(codesOf(match), ['user-only'], match)
  t.strictSame(codesOf('user_id: 1', { section: 'agents' }), ['user-only'])
  t.strictSame(codesOf('user_id: 1', { section: 'people' }), [], 'a person is a user')
  t.strictSame(codesOf('user_id: 1, project_id: 2'), [])
  t.strictSame(codesOf('sha: { none_of: [ab] }'), [], 'nobody is meant in particular')
})

void t.test('a ref is a branch or a tag, and a rule says which', async (t) => {
  t.strictSame(policyLines(policyOf({ match: 'project_id: 1, ref: main' })), [
    'f:5:29 machines[0].match.ref: needs ref_type beside it: branches and tags may have the same name; add ref_type: branch or ref_type: tag [ref-without-type]',
  ])
  for (const ref of [
    '{ any_of: [a] }',
    '{ glob: "v*" }',
    '{ semver: ">=1" }',
    '{ under: release }',
  ]) {
    t.strictSame(codesOf(`project_id: 1, ref: ${ref}`), ['ref-without-type'], ref)
  }
  const typed = [
    'ref: main, ref_type: branch',
    'ref: main, ref_type: { any_of: [branch, tag] }',
    'ref: main, ref_type: { none_of: [tag] }',
    'ref: main, ref_path: { glob: refs/heads/* }',
    'ref: { none_of: [main] }',
    'ref: { present: true }',
  ]
  for (const match of typed) t.strictSame(codesOf(`project_id: 1, ${match}`), [], match)
  const untyped = 'project_id: 1, ref: main, ref_type: { present: true }'
  t.strictSame(codesOf(untyped), ['ref-without-type'])
})

void t.test('a rule for people who log in with a shared issuer says who is meant', async (t) => {
  const shared = { section: 'people', issuer: 'shared' } as const
  for (const match of ['user_id: 1', 'user_login: a', 'groups_direct: { under: acme }']) {
    t.strictSame(codesOf(match, shared), [], match)
  }
  for (const match of ['user_id: { none_of: [1] }', 'groups_direct: { present: true }']) {
    t.strictSame(codesOf(match, shared), ['tenant-unpinned'], match)
  }
  t.match(policyLines(policyOf({ match: 'user_id: { none_of: [1] }', ...shared })), [
    /^f:5:5 people\[0\]\.match: names nobody; strangers can log in .* groups_direct \[tenant-unpinned\]$/,
  ])
})
