import t from 'tap'
import { takeCredential } from '../../src/listen/credential.ts'

const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJqb2IifQ.c2ln-_~+/=='

for (const scheme of ['Bearer ', 'bearer ', 'BEARER  ']) {
  void t.test(`${JSON.stringify(scheme)} announces a token`, async (t) => {
    t.strictSame(takeCredential([`${scheme}${token}`]), { kind: 'bearer', token })
  })
}

for (const values of [[], [''], ['Bearer'], ['Bearer '], ['bearer    ']]) {
  void t.test(`${JSON.stringify(values)} is no credential at all`, async (t) => {
    t.strictSame(takeCredential(values), { kind: 'absent' })
  })
}

const malformed: Readonly<Record<string, readonly string[]>> = {
  'two tokens': [`Bearer ${token}`, 'Bearer other'],
  'the same token twice': [`Bearer ${token}`, `Bearer ${token}`],
  'an empty value before a token': ['', `Bearer ${token}`],
  'two tokens in one value': [`Bearer ${token}, Bearer other`],
  'two tokens after one scheme': [`Bearer ${token} other`],
  'a password': ['Basic dXNlcjpwYXNz'],
  'a token without a scheme': [token],
  'a scheme that only begins like bearer': [`Bearerx ${token}`],
  'a tab': [`Bearer\t${token}`],
  'a space before the scheme': [` Bearer ${token}`],
  'a space behind the token': [`Bearer ${token} `],
  'a line break': [`Bearer ${token}\r\nx: y`],
  'a line break at the end': [`Bearer ${token}\n`],
  'a NUL': [`Bearer ${token}\0`],
  'a letter that is not ASCII': [`Bearer ${token}é`],
  'padding in the middle': ['Bearer a=b'],
}

for (const [name, values] of Object.entries(malformed)) {
  void t.test(`${name} is malformed, and nothing of it is repeated`, async (t) => {
    const credential = takeCredential(values)
    t.equal(credential.kind, 'malformed')
    t.notMatch(JSON.stringify(credential), 'eyJ')
  })
}

void t.test('an enormous value is looked at once', async (t) => {
  const began = performance.now()
  t.equal(takeCredential([`Bearer ${'='.repeat(60_000)}a`]).kind, 'malformed')
  t.equal(takeCredential([`Bearer${' '.repeat(60_000)}é`]).kind, 'malformed')
  t.equal(takeCredential([`Bearer ${'a'.repeat(60_000)}é`]).kind, 'malformed')
  t.ok(performance.now() - began < 1_000)
})

void t.test('a credential that came before is that very one, and no other is', async (t) => {
  const before = takeCredential([`Bearer ${token}`])
  for (const value of [`Bearer ${token}`, `bearer   ${token}`]) {
    t.equal(takeCredential([value], before), before, value)
  }
  for (const value of [`Bearer x${token}`, `Basic ${token}`, 'Bearer other', token]) {
    t.strictSame(takeCredential([value], before), takeCredential([value]), value)
  }
  t.strictSame(takeCredential([], before), { kind: 'absent' })
  t.strictSame(takeCredential([`Bearer ${token}`], { kind: 'absent' }), before)
})
