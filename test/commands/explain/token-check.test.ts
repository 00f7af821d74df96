import { decodeJwt } from 'jose'
import t from 'tap'
import { isLasting, refuseToken } from '../../../src/commands/explain/token-check.ts'
import { refusal } from '../../../src/core/refusal.ts'
import { issuerSettings } from '../../support/issuer-settings.ts'
import { startIssuer, type Members, type MintOptions } from '../../support/issuer.ts'

const at = Date.parse('2026-11-23T10:00:00Z')

async function minter(t: { teardown: (end: () => Promise<void>) => void }) {
  const issuer = await startIssuer({ now: () => at })
  t.teardown(() => issuer.close())
  const settings = issuerSettings(issuer.url)
  const codeOf = async (claims: Members = {}, options: MintOptions = {}, now = at) => {
    const token = issuer.mint(claims, options)
    const check = { token, payload: decodeJwt(token), settings, at: now }
    return (await refuseToken(check))?.code
  }
  return { codeOf, settings }
}

void t.test('a token is refused for what it says, whoever signed it', async (t) => {
  const { codeOf } = await minter(t)
  t.equal(await codeOf(), undefined)
  t.equal(await codeOf({ iss: 'https://else.example' }), 'issuer_unknown')
  t.equal(await codeOf({}, { header: { alg: 'ES256' } }), 'algorithm_refused')
  t.equal(await codeOf({ aud: 'https://else.example' }), 'audience_mismatch')
  t.equal(await codeOf({ jti: undefined }), 'claims_missing')
  t.equal(await codeOf({}, { expiresInS: 60 }, at + 600_000), 'token_expired')
  t.equal(await codeOf({}, { expiresInS: 86_400 }, at + 7_200_000), 'token_too_old')
  t.equal(await codeOf({}, {}, at - 600_000), 'token_not_yet_valid')
})

void t.test('a token that cannot be read is refused as such', async (t) => {
  const settings = issuerSettings('https://gitlab.com')
  const refused = await refuseToken({ token: 'x', payload: {}, settings, at })
  t.match(refused, { code: 'credential_malformed' })
})

void t.test('a new token helps against the clock and against nothing else', async (t) => {
  const lasts = (
    ['token_expired', 'token_too_old', 'token_not_yet_valid', 'audience_mismatch'] as const
  ).map((code) => isLasting(refusal(code, '')))
  t.same(lasts, [false, false, false, true])
})
