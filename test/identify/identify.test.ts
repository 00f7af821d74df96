import { hash } from 'node:crypto'
import t from 'tap'
import { createIdentifier } from '../../src/identify/identify.ts'
import { createLog } from '../../src/log.ts'
import { startIdentifier } from '../support/identifier.ts'
import { issuerSettings } from '../support/issuer-settings.ts'
import { startIssuer } from '../support/issuer.ts'

void t.test('a caller without a usable credential is told so', async (t) => {
  const { identifier } = await startIdentifier(t)
  t.match(await identifier.identify({ kind: 'absent' }, 0), { code: 'credential_missing' })
  const malformed = { kind: 'malformed', detail: 'two\nvalues' } as const
  t.match(await identifier.identify(malformed, 0), {
    code: 'credential_malformed',
    detail: 'two\\u{a}values',
  })
})

void t.test('a token of a trusted issuer becomes an identity', async (t) => {
  const { issuer, identify, time } = await startIdentifier(t)
  t.match(await identify(issuer.mint()), {
    issuer: 'gitlab-1',
    kind: 'machine',
    principal: `${new URL(issuer.url).host}/acme/payments/ledger-workers/-/jobs/11840226751`,
    expiresAt: time.now() + 3_600_000,
    tokenDigest: /^[0-9a-f]{64}$/,
    staleKeys: false,
  })
})

void t.test('each step refuses what the steps after it must not see', async (t) => {
  const { issuer, codeOf } = await startIdentifier(t)
  const steps: readonly [token: string, code: string][] = [
    ['x'.repeat(16_385), 'credential_malformed'],
    ['no.token', 'credential_malformed'],
    [issuer.mint({ iss: 'https://elsewhere.example' }), 'issuer_unknown'],
    [issuer.mint({}, { header: { alg: 'none' } }), 'algorithm_refused'],
    [issuer.mint({}, { header: { kid: 'made-up' } }), 'signature_invalid'],
    [issuer.mint({ aud: 'https://elsewhere.example' }), 'audience_mismatch'],
    [issuer.mint({ pipeline_source: null }), 'credential_malformed'],
  ]
  for (const [token, code] of steps) t.equal(await codeOf(token), code)
})

void t.test('a refused token is looked at anew each time', async (t) => {
  const { issuer, codeOf, time } = await startIdentifier(t)
  const token = issuer.mint({ nbf: time.now() / 1000 + 60 })
  t.equal(await codeOf(token), 'token_not_yet_valid')
  time.skip(60_000)
  t.equal(await codeOf(token), 'accepted')
})

void t.test('a token is verified once, and cached until it expires', async (t) => {
  const { issuer, identify, codeOf, time } = await startIdentifier(t)
  const token = issuer.mint({}, { expiresInS: 600 })
  const first = await identify(token)
  time.skip(599_999)
  const again = await identify(token)
  t.same(again, first)
  t.equal('claims' in again && again.claims, 'claims' in first && first.claims, 'the very same')
  time.skip(1)
  t.match(await identify(token), { expiresAt: time.now() }, 'within the skew, on its own merits')
  time.skip(30_000)
  t.equal(await codeOf(token), 'token_expired')
})

void t.test(
  'a credential that comes again as the same object is as good as its token',
  async (t) => {
    const { issuer, identifier, time } = await startIdentifier(t)
    const credential = { kind: 'bearer', token: issuer.mint({}, { expiresInS: 600 }) } as const
    const other = { kind: 'bearer', token: issuer.mint({ job_id: '7' }) } as const
    const first = await identifier.identify(credential, time.now())
    t.match(first, { tokenDigest: hash('sha256', credential.token) })
    t.equal(await identifier.identify(credential, time.now()), first)
    t.equal(await identifier.identify({ ...credential }, time.now()), first)
    t.match(await identifier.identify(other, time.now()), {
      tokenDigest: hash('sha256', other.token),
    })
    time.skip(631_000)
    t.match(await identifier.identify(credential, time.now()), { code: 'token_expired' })
  },
)

void t.test('no keys means unavailable, never unauthenticated', async (t) => {
  const { issuer, identifier, codeOf } = await startIdentifier(t, { start: false })
  issuer.fail('error')
  await identifier.start()
  t.equal(await codeOf(issuer.mint()), 'keys_unavailable')
  t.match(identifier.status(), [
    { name: 'gitlab-1', usable: false, stale: false, detail: /answered 500/ },
  ])
})

void t.test('real timers and a log are all that it needs', async (t) => {
  const issuer = await startIssuer()
  t.teardown(() => issuer.close())
  const identifier = createIdentifier({
    issuers: [issuerSettings(issuer.url)],
    log: createLog({ level: 'silent' }),
    now: Date.now,
  })
  await identifier.start()
  t.match(await identifier.identify({ kind: 'bearer', token: issuer.mint() }, Date.now()), {
    issuer: 'gitlab',
  })
  await identifier.close()
})

void t.test('settings that cannot work are refused at once', async (t) => {
  const create = (...urls: string[]) =>
    createIdentifier({
      issuers: urls.map((url) => issuerSettings(url)),
      log: createLog({ level: 'silent' }),
      now: Date.now,
    })
  t.throws(() => create('http://gitlab.com'), { message: /over https only/ })
  t.throws(() => create('https://gitlab.com', 'https://gitlab.com'), { message: /same url/ })
})
