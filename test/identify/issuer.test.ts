import t from 'tap'
import { createIssuers } from '../../src/identify/issuer.ts'
import type { KeySetEvent } from '../../src/identify/key-set-event.ts'
import type { VerificationKey } from '../../src/identify/verification-key.ts'
import { issuerSettings } from '../support/issuer-settings.ts'
import { gitlabClaimSets, type Members } from '../support/issuer.ts'
import { createManualTime } from '../support/manual-time.ts'

function create(...issuers: ReturnType<typeof issuerSettings>[]) {
  const events: KeySetEvent[] = []
  const { now, schedule } = createManualTime()
  const parts = { now, schedule, report: (event: KeySetEvent) => void events.push(event) }
  return { events, byUrl: createIssuers(issuers, parts) }
}

function describe(claims: Members) {
  const { byUrl, events } = create(issuerSettings('https://gitlab.com'))
  const key = { kid: 'k1', thumbprint: 'x' } as VerificationKey
  const verified = { payload: claims, key, subject: String(claims['sub']), expiresAt: 7 }
  const issuer = byUrl.get('https://gitlab.com')
  return { events, identity: issuer?.describe({ verified, tokenDigest: 'd', staleKeys: true }) }
}

void t.test('issuers are told apart by their urls, byte for byte', async (t) => {
  const { byUrl } = create(
    issuerSettings('https://gitlab.com', { name: 'one' }),
    issuerSettings('https://gitlab.com/', { name: 'two' }),
  )
  t.equal(byUrl.get('https://gitlab.com')?.settings.name, 'one')
  t.equal(byUrl.get('https://gitlab.com/')?.settings.name, 'two')
  t.equal(byUrl.get('https://GitLab.com'), undefined)
  t.equal(byUrl.get('__proto__'), undefined)
})

void t.test('two issuers with one url are refused', async (t) => {
  const one = issuerSettings('https://gitlab.com', { name: 'one' })
  t.throws(() => create(one, { ...one, name: 'two' }), {
    message: 'the issuers one and two have the same url https://gitlab.com; remove one of them',
  })
})

void t.test('an issuer without keys says so', async (t) => {
  const { byUrl } = create(issuerSettings('https://gitlab.com'))
  t.same(byUrl.get('https://gitlab.com')?.status(), {
    name: 'gitlab',
    usable: false,
    stale: false,
    detail: 'keys of gitlab were not fetched yet',
  })
})

void t.test('a verified token becomes an identity', async (t) => {
  const set = gitlabClaimSets.get('protected-branch-push') ?? {}
  const { identity, events } = describe(set)
  t.match(identity, {
    issuer: 'gitlab',
    kind: 'machine',
    subject: 'project_path:acme/payments/ledger-workers:ref_type:branch:ref:main',
    principal: 'gitlab.com/acme/payments/ledger-workers/-/jobs/11840226751',
    tokenDigest: 'd',
    expiresAt: 7,
    staleKeys: true,
  })
  t.equal(identity && 'claims' in identity && identity.claims.size, 26)
  t.same(identity && 'guards' in identity && identity.guards, [])
  t.same(events, [])
})

void t.test('the token of an agent becomes an agent', async (t) => {
  const { identity } = describe(gitlabClaimSets.get('duo-workload-pipeline') ?? {})
  t.match(identity, { kind: 'agent', guards: ['agents'] })
})

void t.test('claims that the table does not expect are reported', async (t) => {
  const set = gitlabClaimSets.get('protected-branch-push')
  const { identity, events } = describe({ ...set, planet: 'mars', sha: 7 })
  t.equal(identity && 'claims' in identity && identity.claims.size, 25)
  t.same(events, [
    { kind: 'claim_unknown', issuer: 'gitlab', claim: 'planet' },
    { kind: 'claim_mistyped', issuer: 'gitlab', claim: 'sha' },
  ])
})

void t.test('a claim that a guard reads must have its type', async (t) => {
  const set = gitlabClaimSets.get('scan-policy-injected-job')
  const { identity, events } = describe({ ...set, job_source: 7 })
  t.match(identity, {
    code: 'credential_malformed',
    detail: 'the claim "job_source" of gitlab has an unexpected JSON type',
  })
  t.equal(events.length, 1)
})
