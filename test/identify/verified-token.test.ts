import { sign } from 'node:crypto'
import t from 'tap'
import { readKeySet } from '../../src/identify/verification-key.ts'
import { verifyToken } from '../../src/identify/verified-token.ts'
import { issuerSettings } from '../support/issuer-settings.ts'
import { makeSigningKey, publicJwk, signToken, type Members } from '../support/issuer.ts'

const at = Date.UTC(2026, 10, 23, 9)
const now = at / 1000
const [signer, namesake] = await Promise.all([makeSigningKey('k1'), makeSigningKey('k1')])
const keysOf = async (...keys: (typeof signer)[]) =>
  readKeySet(JSON.stringify({ keys: await Promise.all(keys.map(publicJwk)) }), ['RS256'], [])
const keys = await keysOf(signer)
const settings = issuerSettings('https://gitlab.com')
const usual = {
  iss: 'https://gitlab.com',
  aud: 'https://sallyport.test',
  sub: 'project_path:acme/app:ref_type:branch:ref:main',
  jti: 'id',
  iat: now,
  nbf: now - 5,
  exp: now + 600,
}

function mint(claims: Members = {}, header: Members = {}, payload?: string) {
  return signToken(
    { alg: 'RS256', kid: 'k1', ...header },
    payload ?? JSON.stringify({ ...usual, ...claims }),
    (input) => sign('RSA-SHA256', Buffer.from(input), signer.privateKey),
  )
}

const verify = (token: string, withKeys = keys) =>
  verifyToken({ token, kid: 'k1', keys: withKeys, algorithms: ['RS256'], settings, at })

void t.test('a token that holds gives its payload, its key and its end', async (t) => {
  const verified = await verify(mint())
  t.match(verified, { subject: usual.sub, expiresAt: at + 600_000, payload: usual })
  t.equal('key' in verified && verified.key, keys[0])
})

void t.test('the own maximum age ends a token before its exp does', async (t) => {
  const verified = await verify(mint({ iat: now - 1800, exp: now + 864_000 }))
  t.match(verified, { expiresAt: at + 1_800_000 })
  t.match(await verify(mint({}, {}, JSON.stringify(usual).replace(/"exp":\d+/, '"exp":1e999'))), {
    expiresAt: at + 3_600_000,
  })
})

void t.test('each of several keys with one id is tried', async (t) => {
  const both = await keysOf(namesake, signer)
  const verified = await verify(mint(), both)
  t.equal('key' in verified && verified.key, both[1])
})

void t.test('a signature that no key made is refused', async (t) => {
  t.match(await verify(mint(), await keysOf(namesake)), {
    code: 'signature_invalid',
    detail: 'no key of gitlab with the id k1 made the signature',
  })
  const [header, , signature] = mint().split('.')
  const other = Buffer.from(JSON.stringify({ ...usual, sub: 'root' })).toString('base64url')
  t.match(await verify(`${header}.${other}.${signature}`), { code: 'signature_invalid' })
  t.match(await verify(`${header}.${other}.`), { code: 'signature_invalid' })
})

const refused: readonly [what: string, claims: Members, code: string, detail: RegExp][] = [
  ['no exp', { exp: undefined }, 'claims_missing', /lacks "exp"/],
  ['no iat', { iat: undefined }, 'claims_missing', /lacks "iat"/],
  ['no nbf', { nbf: undefined }, 'claims_missing', /lacks "nbf"/],
  ['no jti', { jti: undefined }, 'claims_missing', /lacks "jti"/],
  ['no sub', { sub: undefined }, 'claims_missing', /lacks "sub"/],
  ['no aud', { aud: undefined }, 'claims_missing', /lacks "aud"/],
  ['an exp of text', { exp: '9999999999' }, 'credential_malformed', /"exp" of gitlab is no number/],
  ['an iat of text', { iat: '1' }, 'credential_malformed', /"iat"/],
  ['an nbf of null', { nbf: null }, 'credential_malformed', /"nbf"/],
  ['a sub of null', { sub: null }, 'credential_malformed', /"sub" and "jti"/],
  ['an empty sub', { sub: '' }, 'credential_malformed', /"sub" and "jti"/],
  ['a jti that is a number', { jti: 7 }, 'credential_malformed', /"sub" and "jti"/],
  [
    'another audience',
    { aud: 'https://vault\n' },
    'audience_mismatch',
    /is https:\/\/vault\\u\{a\}, not https:\/\/sallyport\.test/,
  ],
  [
    'an audience in other case',
    { aud: 'https://Sallyport.test' },
    'audience_mismatch',
    /not https/,
  ],
  ['an audience that is a number', { aud: 7 }, 'audience_mismatch', /is not one string/],
  ['one audience in an array', { aud: [usual.aud] }, 'audience_mismatch', /several audiences/],
  [
    'our audience among others',
    { aud: ['x', usual.aud] },
    'audience_mismatch',
    /several audiences/,
  ],
  ['other audiences', { aud: ['x', 'y'] }, 'audience_mismatch', /is not one string/],
  [
    'an end before the skew',
    { exp: now - 30 },
    'token_expired',
    /"exp" of gitlab is 2026-11-23T08:59:30.000Z, now is 2026-11-23T09:00:00.000Z/,
  ],
  ['a start beyond the skew', { nbf: now + 31 }, 'token_not_yet_valid', /"nbf"/],
  ['a start that is no date', { nbf: 1e300 }, 'token_not_yet_valid', /is 1e\+300/],
  ['an issue beyond the skew', { iat: now + 31 }, 'token_not_yet_valid', /"iat"/],
  [
    'an issue too long ago',
    { iat: now - 3631 },
    'token_too_old',
    /"iat" .*; at most 3600 s are accepted/,
  ],
]

for (const [what, claims, code, detail] of refused) {
  void t.test(`a token with ${what} is ${code}`, async (t) => {
    t.match(await verify(mint(claims)), { refused: true, code, detail })
  })
}

void t.test('clocks may be off by 30 seconds, and that moves no end', async (t) => {
  t.match(await verify(mint({ exp: now - 29 })), { expiresAt: at - 29_000 })
  t.match(await verify(mint({ nbf: now + 30, iat: now + 30 })), { subject: String })
  t.match(await verify(mint({ iat: now - 3630 })), { expiresAt: at - 30_000 })
})

const malformed: Readonly<Record<string, string>> = {
  'a critical extension': mint({}, { crit: ['exp\u001b'], 'exp\u001b': true }),
  'an empty list of critical extensions': mint({}, { crit: [] }),
  'an unencoded payload': mint({}, { crit: ['b64'], b64: false }),
  'a payload that is no object': mint({}, {}, '[]'),
  'a payload that is no JSON': mint({}, {}, 'x'),
  'too few parts': 'a.b',
}

for (const [what, token] of Object.entries(malformed)) {
  void t.test(`a token with ${what} is malformed, in printable words`, async (t) => {
    t.match(await verify(token), {
      code: 'credential_malformed',
      detail: /^the token of gitlab: [ -~…]+$/,
    })
  })
}

void t.test('an algorithm outside the list is not used, whatever the key', async (t) => {
  for (const alg of ['none', 'HS256', 'PS256', 'RS512', 'ES256']) {
    t.match(await verify(mint({}, { alg })), { code: 'credential_malformed' }, alg)
  }
})

void t.test('no detail repeats the token or its signature', async (t) => {
  for (const [, claims] of refused) {
    const token = mint(claims)
    const { detail } = (await verify(token)) as { detail: string }
    for (const part of token.split('.')) t.notOk(detail.includes(part))
  }
})

void t.test('other kinds of token need other claims, and those must be texts', async (t) => {
  const required = ['exp', 'iat', 'sub', 'nonce']
  const verifyOther = (claims: Members) =>
    verifyToken({
      token: mint({ jti: undefined, nbf: undefined, nonce: 'n', ...claims }),
      kid: 'k1',
      keys,
      algorithms: ['RS256'],
      settings,
      at,
      required,
    })
  t.match(await verifyOther({}), { subject: usual.sub })
  t.match(await verifyOther({ nonce: undefined }), {
    code: 'claims_missing',
    detail: /lacks "nonce"/,
  })
  for (const nonce of ['', 7, null]) {
    t.match(await verifyOther({ nonce }), {
      code: 'credential_malformed',
      detail: /^"sub" and "nonce" of a token of gitlab must be strings/,
    })
  }
})
