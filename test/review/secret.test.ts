import t from 'tap'
import { isSecret, newSecret } from '../../src/review/secret.ts'

void t.test('a secret has 256 bits, is safe in a URL, and is never the same again', async (t) => {
  const secrets = Array.from({ length: 100 }, newSecret)
  t.equal(new Set(secrets).size, 100)
  for (const secret of secrets) t.match(secret, /^[A-Za-z0-9_-]{43}$/)
})

void t.test('only the very text is the secret', async (t) => {
  t.ok(isSecret('abc', 'abc'))
  for (const sent of ['abd', 'ab', 'abcd', '', undefined, null, 7, ['abc']]) {
    t.notOk(isSecret(sent, 'abc'), String(sent))
  }
})
