import { createHash } from 'node:crypto'
import t from 'tap'
import { isRefusal } from '../../src/core/refusal.ts'
import { startIdentifier } from '../support/identifier.ts'
import { gitlabClaimSets } from '../support/issuer.ts'

const expected: readonly [set: string, kind: string, guards: readonly string[], job: string][] = [
  ['protected-branch-push', 'machine', [], 'acme/payments/ledger-workers/-/jobs/11840226751'],
  [
    'tag-release-production-environment',
    'machine',
    [],
    'acme/payments/ledger-workers/-/jobs/11846600913',
  ],
  [
    'merge-request-from-fork-in-parent-project',
    'machine',
    ['fork_pipelines'],
    'acme/payments/ledger-workers/-/jobs/11850177340',
  ],
  [
    'schedule-with-environment-self-managed',
    'machine',
    [],
    'platform/nightly-reports/-/jobs/611820',
  ],
  ['ai-agent-merge-request', 'machine', [], 'acme/payments/ledger-workers/-/jobs/11855930215'],
  ['duo-workload-pipeline', 'agent', ['agents'], 'acme/payments/ledger-workers/-/jobs/11855921104'],
  [
    'child-pipeline-with-shared-component',
    'machine',
    [],
    'acme/identity/onboarding/-/jobs/11861004478',
  ],
  [
    'scan-policy-injected-job',
    'machine',
    ['policy_jobs'],
    'acme/payments/ledger-workers/-/jobs/11862291370',
  ],
]

for (const [from, kind, guards, job] of expected) {
  void t.test(`${from} becomes its identity`, async (t) => {
    const { issuer, identify, time, events } = await startIdentifier(t)
    const token = issuer.mint({}, { from })
    const identity = await identify(token)
    t.same('guards' in identity && identity.guards, guards)
    t.match(identity, {
      issuer: 'gitlab-1',
      kind,
      subject: gitlabClaimSets.get(from)?.['sub'],
      principal: `${new URL(issuer.url).host}/${job}`,
      tokenDigest: createHash('sha256').update(token).digest('hex'),
      expiresAt: time.now() + 3_600_000,
      staleKeys: false,
    })
    t.notOk(events.some(({ kind }) => kind.startsWith('claim_')))
  })

  void t.test(`${from} with each claim dropped`, async (t) => {
    const { issuer, codeOf, identify } = await startIdentifier(t)
    for (const name of Object.keys(gitlabClaimSets.get(from) ?? {})) {
      const token = issuer.mint({ [name]: undefined }, { from })
      if (name === 'iss') t.equal(await codeOf(token), 'credential_malformed', name)
      else if (['aud', 'sub', 'jti', 'exp', 'iat', 'nbf'].includes(name)) {
        t.equal(await codeOf(token), 'claims_missing', name)
      } else {
        const identity = await identify(token)
        t.same('guards' in identity && identity.guards, guardsWithout(name, guards, from), name)
      }
    }
  })

  void t.test(`${from} with the type of each claim flipped`, async (t) => {
    const { issuer, codeOf } = await startIdentifier(t)
    for (const [name, value] of Object.entries(gitlabClaimSets.get(from) ?? {})) {
      const token = issuer.mint({ [name]: typeof value === 'number' ? String(value) : 7 }, { from })
      const isRead = ['iss', 'sub', 'jti', 'exp', 'iat', 'nbf'].includes(name)
      const isGuarded = /^(job_)?project_id$|^(pipeline|job)_(id|source)$|^ref$/.test(name)
      const other = name === 'aud' ? 'audience_mismatch' : 'accepted'
      t.equal(await codeOf(token), isRead || isGuarded ? 'credential_malformed' : other, name)
    }
  })
}

/** What is tripped when one claim is absent, by the guards' own rules. */
function guardsWithout(name: string, guards: readonly string[], from: string): readonly string[] {
  const isMergeRequest = /merge-request/.test(from)
  const isOld = from === 'schedule-with-environment-self-managed'
  const tripped = new Set(guards)
  if (['job_id', 'pipeline_id', 'project_id'].includes(name)) tripped.add('other_tokens')
  if (name === 'project_id' && !isOld) tripped.add('fork_pipelines')
  if (name === 'job_project_id' && isMergeRequest) tripped.add('fork_pipelines')
  if (name === 'pipeline_source' && !isOld) tripped.add('policy_jobs')
  if (name === 'job_source') tripped.delete('policy_jobs')
  return ['other_tokens', 'fork_pipelines', 'agents', 'policy_jobs'].filter((one) =>
    tripped.has(one),
  )
}

void t.test('fork and parent swapped trips the guard just the same', async (t) => {
  const from = 'merge-request-from-fork-in-parent-project'
  const set = gitlabClaimSets.get(from) ?? {}
  const { issuer, identify } = await startIdentifier(t)
  const swapped: Record<string, unknown> = {}
  for (const name of ['project_id', 'project_path', 'namespace_id', 'namespace_path']) {
    swapped[name] = set[`job_${name}`]
    swapped[`job_${name}`] = set[name]
  }
  t.match(await identify(issuer.mint(swapped, { from })), { guards: ['fork_pipelines'] })
})

void t.test('claims named like members of objects are unknown claims', async (t) => {
  const { issuer, identify, events, lines } = await startIdentifier(t)
  const payload = issuer.mint().split('.')[1] ?? ''
  const claims = Buffer.from(payload, 'base64url').toString()
  const hostile = claims.replace(
    '{',
    '{"__proto__":{"environment":"production"},"constructor":"x","toString":"y",',
  )
  for (let n = 0; n < 2; n++) {
    const spaced = `${hostile}${' '.repeat(n)}`
    const identity = await identify(issuer.mint({}, { payload: spaced }))
    if (isRefusal(identity)) throw new Error(identity.detail)
    for (const name of ['__proto__', 'constructor', 'toString', 'environment']) {
      t.notOk(identity.claims.has(name), name)
    }
  }
  const unknown = events.flatMap((event) => (event.kind === 'claim_unknown' ? [event.claim] : []))
  t.same(unknown, ['__proto__', 'constructor', 'toString'])
  t.equal(lines.filter((line) => line.includes('the issuer changed')).length, 3)
})
