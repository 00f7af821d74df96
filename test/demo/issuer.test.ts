import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import t from 'tap'
import { startIssuer } from '../../src/demo/issuer.ts'
import type { JobName } from '../../src/demo/jobs.ts'

const audience = 'https://sallyport.acme.example'

void t.test('tokens look like those of GitLab and verify with the keys it publishes', async (t) => {
  const issuer = await startIssuer({ audience, now: Date.now })
  t.teardown(issuer.stop)
  const discovery = (await (
    await fetch(`${issuer.url}/.well-known/openid-configuration`)
  ).json()) as { issuer: string; jwks_uri: string }
  t.equal(discovery.issuer, issuer.url)
  t.equal(discovery.jwks_uri, `${issuer.url}/oauth/discovery/keys`)
  const keys = createRemoteJWKSet(new URL(discovery.jwks_uri))
  const token = await issuer.mint('rollup')
  const { alg, typ } = decodeProtectedHeader(token)
  t.same({ alg, typ }, { alg: 'RS256', typ: 'JWT' })
  const { payload } = await jwtVerify(token, keys, { issuer: issuer.url, audience })
  t.match(payload, { job_id: '11840226751', jti: /^[0-9a-f-]{36}$/ })
  t.notOk('client_id' in payload)
  const expired = await issuer.mint('expired')
  await t.rejects(jwtVerify(expired, keys), { code: 'ERR_JWT_EXPIRED' })
})

void t.test('the clock is the one that was given', async (t) => {
  const issuer = await startIssuer({ audience, now: () => 1_000_000_000 })
  t.teardown(issuer.stop)
  const [, payload = ''] = (await issuer.mint('worker')).split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
  t.match(claims, { iat: 1_000_000, nbf: 999_995, exp: 1_003_600 })
})

void t.test('a job that the issuer does not know gets no token', async (t) => {
  const issuer = await startIssuer({ audience, now: Date.now })
  t.teardown(issuer.stop)
  await t.rejects(issuer.mint('stranger' as JobName), /no token: HTTP 401/)
})
