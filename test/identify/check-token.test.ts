import t, { type Test } from 'tap'
import type { IssuerSettings } from '../../src/config/settings.ts'
import { isRefusal } from '../../src/core/refusal.ts'
import { checkToken, type Expected } from '../../src/identify/check-token.ts'
import { createIssuers } from '../../src/identify/issuer.ts'
import { issuerSettings } from '../support/issuer-settings.ts'
import { startIssuer } from '../support/issuer.ts'
import { createManualTime } from '../support/manual-time.ts'

async function start(t: Test, settings: Partial<IssuerSettings> = {}) {
  const time = createManualTime()
  const issuer = await startIssuer({ now: time.now })
  const parts = { ...time, report: () => undefined }
  const issuers = createIssuers([issuerSettings(issuer.url, settings)], parts)
  const keySet = issuers.get(issuer.url)?.keySet
  await keySet?.start()
  t.teardown(async () => {
    await keySet?.close()
    await issuer.close()
  })
  const check = (token: string, expected?: Expected) =>
    checkToken({ token, at: time.now(), issuers, ...(expected && { expected }) })
  return { issuer, issuers, time, check }
}

void t.test('a token that holds comes with its issuer, its key and the age of that', async (t) => {
  const { issuer, issuers, check } = await start(t)
  const checked = await check(issuer.mint())
  t.match(checked, { staleKeys: false, verified: { payload: { project_id: '48210377' } } })
  t.equal('issuer' in checked && checked.issuer, issuers.get(issuer.url))
})

void t.test('every step refuses what the steps after it must not see', async (t) => {
  const { issuer, check } = await start(t)
  const steps: readonly [token: string, code: string][] = [
    ['x'.repeat(16_385), 'credential_malformed'],
    ['no.token', 'credential_malformed'],
    [issuer.mint({ iss: 'https://elsewhere.example' }), 'issuer_unknown'],
    [issuer.mint({}, { header: { alg: 'HS256' } }), 'algorithm_refused'],
    [issuer.mint({}, { header: { kid: 'made-up' } }), 'signature_invalid'],
    [issuer.mint({ aud: 'https://elsewhere.example' }), 'audience_mismatch'],
  ]
  for (const [token, code] of steps) t.match(await check(token), { refused: true, code })
})

void t.test('without keys nothing is checked', async (t) => {
  const { issuer, time, check } = await start(t, { staleKeysMaxMs: 60_000 })
  issuer.fail('error')
  time.skip(60_001)
  t.match(await check(issuer.mint()), { code: 'keys_unavailable' })
})

void t.test('another kind of token has another audience, age and claims', async (t) => {
  const { issuer, time, check } = await start(t)
  const expected = { audience: 'a1b2c3', maxAgeMs: 60_000 }
  t.match(await check(issuer.mint(), expected), { code: 'audience_mismatch' })
  const token = issuer.mint({ aud: 'a1b2c3' })
  t.notOk(isRefusal(await check(token, expected)))
  t.match(await check(token), { code: 'audience_mismatch' }, 'and is none of a job')
  t.match(await check(token, { ...expected, required: ['sub', 'nonce'] }), {
    code: 'claims_missing',
  })
  time.skip(92_000)
  t.match(await check(token, expected), { code: 'token_too_old' })
})
