import t from 'tap'
import { readUnverified, refuseOversized } from '../../src/identify/unverified-token.ts'
import { signToken } from '../support/issuer.ts'

const header = { alg: 'RS256', kid: 'k1' }
const payload = '{"iss":"https://gitlab.com"}'
const token = (from: { header?: object; payload?: string } = {}) =>
  signToken({ ...header, ...from.header }, from.payload ?? payload, () => Buffer.from('s'))
const part = (text: string) => Buffer.from(text).toString('base64url')

void t.test('reads algorithm, key id and issuer, and nothing else', async (t) => {
  const hostile = { jku: 'https://evil.test', jwk: { kty: 'RSA' }, x5u: 'https://evil.test' }
  t.same(readUnverified(token({ header: hostile })), {
    algorithm: 'RS256',
    kid: 'k1',
    issuer: 'https://gitlab.com',
  })
})

void t.test('the last of two members with one name counts, as it does when verified', async (t) => {
  t.match(readUnverified(token({ payload: '{"iss":"a","iss":"b"}' })), { issuer: 'b' })
})

const malformed: Readonly<Record<string, string>> = {
  empty: '',
  'one part': 'abc',
  'two parts': token().split('.').slice(0, 2).join('.'),
  'four parts': `${token()}.x`,
  'five parts, as encrypted tokens have': `${token()}.x.y`,
  'a header that is not base64url': `!!.${part(payload)}.s`,
  'a header that is not JSON': `${part('{alg')}.${part(payload)}.s`,
  'a header that is an array': `${part('[]')}.${part(payload)}.s`,
  'a payload that is not JSON': token({ payload: 'not json' }),
  'a payload that is null': token({ payload: 'null' }),
  'a payload that is a string': token({ payload: '"x"' }),
  'a payload that is an array': token({ payload: '[]' }),
  'no payload': token({ payload: '' }),
  'no alg': token({ header: { alg: undefined } }),
  'an alg that is a number': token({ header: { alg: 256 } }),
  'no kid': token({ header: { kid: undefined } }),
  'an empty kid': token({ header: { kid: '' } }),
  'a kid that is an object': token({ header: { kid: { toString: 'k1' } } }),
  'no iss': token({ payload: '{}' }),
  'an iss that is an array': token({ payload: '{"iss":["https://gitlab.com"]}' }),
  'an iss that only the prototype has': token({ payload: '{"__proto__":{"iss":"x"}}' }),
}

for (const [what, text] of Object.entries(malformed)) {
  void t.test(`a token with ${what} is malformed`, async (t) => {
    t.match(readUnverified(text), { refused: true, code: 'credential_malformed', detail: String })
  })
}

void t.test('16 KiB is the longest token that is looked at', async (t) => {
  t.equal(refuseOversized('x'.repeat(16_384)), undefined)
  t.match(refuseOversized('x'.repeat(16_385)), {
    code: 'credential_malformed',
    detail: 'the token has 16385 characters; 16384 are accepted',
  })
})
