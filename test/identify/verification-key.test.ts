import { exportJWK } from 'jose'
import { generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import { readKeySet } from '../../src/identify/verification-key.ts'
import { makeSigningKey, publicJwk } from '../support/issuer.ts'

const key = await makeSigningKey('k1')
const jwk = await publicJwk(key)
const read = (keys: readonly unknown[], known: Awaited<ReturnType<typeof readKeySet>> = []) =>
  readKeySet(JSON.stringify({ keys }), ['RS256'], known)

void t.test('reads a key, with or without use and alg', async (t) => {
  for (const variant of [jwk, { ...jwk, use: undefined }, { ...jwk, alg: undefined }]) {
    const [found, ...others] = await read([variant])
    t.same(others, [])
    t.equal(found?.kid, 'k1')
    t.equal(found?.key.type, 'public')
  }
})

void t.test('keeps several keys with one kid apart by their thumbprints', async (t) => {
  const other = await publicJwk(await makeSigningKey('k1'))
  const keys = await read([jwk, other])
  t.same(
    keys.map(({ kid }) => kid),
    ['k1', 'k1'],
  )
  t.not(keys[0]?.thumbprint, keys[1]?.thumbprint)
})

void t.test('a key that was known before is the same object again', async (t) => {
  const before = await read([jwk])
  const after = await read([jwk, { ...jwk, kid: 'k2' }], before)
  t.equal(after[0], before[0])
  t.not(after[1], before[0], 'the same material under another id is another key')
})

const privateJwk = { ...(await exportJWK(key.privateKey)), kid: 'leaked' }
const elliptic = await exportJWK(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey)
const short = await publicJwk(await makeSigningKey('short', 1024))

const unusable: Readonly<Record<string, unknown>> = {
  'without a kid': { ...jwk, kid: undefined },
  'with an empty kid': { ...jwk, kid: '' },
  'with a kid that is a number': { ...jwk, kid: 1 },
  'for encryption': { ...jwk, use: 'enc' },
  'for RS512': { ...jwk, alg: 'RS512' },
  'with an alg that is an array': { ...jwk, alg: ['RS256'] },
  'on a curve': { ...elliptic, kid: 'ec' },
  'that is a secret': { kty: 'oct', kid: 'hs', k: 'c2VjcmV0', alg: 'HS256' },
  'of 1024 bits': short,
  'with its private half published': privateJwk,
  'without a modulus': { ...jwk, n: undefined },
  'with an exponent that is a number': { ...jwk, e: 65537 },
  'with the exponent 1': { ...jwk, e: 'AQ' },
  'with an empty modulus': { ...jwk, n: '' },
  'of 80000 bits': { ...jwk, n: '_'.repeat(13_334) },
  'with a modulus that is not base64url': { ...jwk, n: '***' },
  'that is null': null,
  'that is a string': 'key',
}

for (const [what, candidate] of Object.entries(unusable)) {
  void t.test(`a key ${what} is left out, and is no key set alone`, async (t) => {
    t.same(
      (await read([candidate, jwk])).map(({ kid }) => kid),
      ['k1'],
    )
    await t.rejects(read([candidate]), { message: /no usable key/ })
  })
}

for (const text of ['', '<html>\n', '[]', 'null', '7', '{}', '{"keys":{}}', '{"keys":[]}']) {
  void t.test(`${JSON.stringify(text)} is no key set`, async (t) => {
    await t.rejects(readKeySet(text, ['RS256'], []), { message: /^the key set [^\n]+$/ })
  })
}
