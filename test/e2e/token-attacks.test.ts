import { constants, createHmac, generateKeyPairSync, sign } from 'node:crypto'
import t from 'tap'
import { isRefusal } from '../../src/core/refusal.ts'
import { startIdentifier } from '../support/identifier.ts'
import {
  makeSigningKey,
  publicJwk,
  startIssuer,
  type Members,
  type TestIssuer,
} from '../support/issuer.ts'

void t.test('the algorithm is never the token’s choice', async (t) => {
  const { issuer, codeOf } = await startIdentifier(t)
  const { key, publicKey, privateKey } = { key: issuer.key(), ...issuer.key() }
  const pem = publicKey.export({ type: 'spki', format: 'pem' })
  const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const psPadding = { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
  const signatures: Readonly<Record<string, (input: string) => Buffer>> = {
    none: () => Buffer.alloc(0),
    None: () => Buffer.alloc(0),
    HS256: (input) => createHmac('sha256', pem).update(input).digest(),
    PS256: (input) => sign('sha256', Buffer.from(input), psPadding),
    ES256: (input) =>
      sign('sha256', Buffer.from(input), { key: elliptic, dsaEncoding: 'ieee-p1363' }),
    RS512: (input) => sign('sha512', Buffer.from(input), privateKey),
    rs256: (input) => sign('sha256', Buffer.from(input), privateKey),
  }
  for (const [alg, signature] of Object.entries(signatures)) {
    const token = issuer.mint({}, { header: { alg }, sign: signature, key })
    t.equal(await codeOf(token), 'algorithm_refused', alg)
  }
})

void t.test('keys come from the configured issuer only, never from the token', async (t) => {
  const { issuer, codeOf } = await startIdentifier(t)
  const attacker = await startIssuer()
  t.teardown(() => attacker.close())
  const jwk = await publicJwk(attacker.key())
  const urls = { jku: attacker.jwksUri, x5u: attacker.jwksUri }
  for (const kid of [issuer.key().kid, attacker.key().kid]) {
    const header: Members = { ...urls, jwk, kid }
    t.equal(await codeOf(issuer.mint({}, { header, key: attacker.key() })), 'signature_invalid')
  }
  t.equal(await codeOf(issuer.mint({}, { header: { ...urls, jwk } })), 'accepted')
  t.same(attacker.requests, { discovery: 0, keys: 0, other: 0 })
})

void t.test('an issuer that is not configured is never asked for anything', async (t) => {
  const { issuer, codeOf, identify } = await startIdentifier(t)
  const stranger = await startIssuer()
  t.teardown(() => stranger.close())
  t.equal(await codeOf(stranger.mint()), 'issuer_unknown')
  t.same(stranger.requests, { discovery: 0, keys: 0, other: 0 })
  const { url } = issuer
  for (const iss of [
    `${url}/`,
    url.replace('http', 'HTTP'),
    url.replace('127.0.0.1', 'localhost'),
    ` ${url}`,
    `${url}\u0000`,
    '__proto__',
    'constructor',
  ]) {
    t.equal(await codeOf(issuer.mint({ iss })), 'issuer_unknown', iss)
  }
  t.match(await identify(issuer.mint({ iss: `x\n${'y'.repeat(5_000)}` })), {
    detail: /^no issuer is configured with the url x\\u\{a\}y{50,60}…, byte for byte$/,
  })
})

void t.test('a key id that is missing, unknown or shared', async (t) => {
  const { issuer, identifier, codeOf, identify } = await startIdentifier(t)
  t.equal(await codeOf(issuer.mint({}, { header: { kid: undefined } })), 'credential_malformed')
  t.match(await identify(issuer.mint({}, { header: { kid: '../../etc/passwd\n' } })), {
    code: 'signature_invalid',
    detail: 'unknown key id ../../etc/passwd\\u{a} of gitlab-1',
  })
  const first = issuer.key()
  const second = await issuer.rotate(first.kid)
  await identifier.start()
  for (const key of [first, second]) t.equal(await codeOf(issuer.mint({}, { key })), 'accepted')
})

void t.test(
  'critical extensions, arrays of audiences and oversized tokens are refused',
  async (t) => {
    const { issuer, codeOf } = await startIdentifier(t)
    const crit = issuer.mint({}, { header: { crit: ['x'], x: 1 } })
    t.equal(await codeOf(crit), 'credential_malformed')
    t.equal(await codeOf(issuer.mint({ aud: [issuer.audience] })), 'audience_mismatch')
    const padded = issuer.mint({ groups_direct: ['x'.repeat(16_384)] })
    t.equal(await codeOf(padded), 'credential_malformed')
    t.equal(await codeOf(issuer.mint({ groups_direct: ['x'.repeat(9_000)] })), 'accepted')
  },
)

void t.test('a cached identity is never that of another token', async (t) => {
  const { issuer, identify, codeOf } = await startIdentifier(t)
  const token = issuer.mint({ project_id: '1', job_project_id: '1' })
  await identify(token)
  const [header, payload, signature] = token.split('.') as [string, string, string]
  const forged = Buffer.from(payload, 'base64url').toString().replace('"1"', '"2"')
  const other = `${header}.${Buffer.from(forged).toString('base64url')}.${signature}`
  t.equal(await codeOf(other), 'signature_invalid')
  const mint = (id: string) => issuer.mint({ project_id: id, job_project_id: id })
  const tokens = Array.from({ length: 20 }, (_, n) => mint(String(n)))
  for (let round = 0; round < 2; round++) {
    for (const [n, one] of tokens.entries()) {
      const identity = await identify(one)
      t.equal(!isRefusal(identity) && identity.claims.get('project_id'), String(n))
    }
  }
})

void t.test('two issuers with the same key ids do not vouch for each other', async (t) => {
  const { issuers, identify, codeOf } = await startIdentifier(t, {
    count: 2,
    issuer: { kid: 'RSA_0' },
  })
  const [one, two] = issuers as [TestIssuer, TestIssuer]
  t.match(await identify(one.mint()), { issuer: 'gitlab-1' })
  t.match(await identify(two.mint()), { issuer: 'gitlab-2' })
  t.equal(await codeOf(one.mint({}, { key: two.key() })), 'signature_invalid')
  t.equal(await codeOf(two.mint({}, { key: one.key() })), 'signature_invalid')
})

void t.test('no refusal and no log line repeats a token', async (t) => {
  const { issuer, identify, lines } = await startIdentifier(t)
  const key = await makeSigningKey(issuer.key().kid)
  const tokens = [
    issuer.mint(),
    issuer.mint({}, { key }),
    issuer.mint({ aud: 'x' }),
    issuer.mint({}, { header: { alg: 'none' } }),
    issuer.mint({ iss: 'https://elsewhere.example' }),
    issuer.mint({}, { expiresInS: -60 }),
  ]
  for (const token of tokens) {
    const answer = await identify(token)
    const shown = JSON.stringify(answer) + lines.join('')
    for (const part of token.split('.')) t.notOk(shown.includes(part))
  }
})
