import t from 'tap'
import { toCrockford } from '../../src/record/crockford.ts'

void t.test(
  'writes the digits of a number, most significant first, padded to the length',
  async (t) => {
    t.equal(toCrockford(0, 4), '0000')
    t.equal(toCrockford(31, 2), '0Z')
    t.equal(toCrockford(32, 2), '10')
    // The time of the example in the ULID specification.
    t.equal(toCrockford(1469918176385, 10), '01ARYZ6S41')
  },
)

void t.test('keeps the lowest digits of a number that is too long', async (t) => {
  t.equal(toCrockford(32 * 32 + 1, 2), '01')
})

void t.test('has no letter that looks like another character', async (t) => {
  const digits = Array.from({ length: 32 }, (_, value) => toCrockford(value, 1)).join('')
  t.equal(new Set(digits).size, 32)
  t.notMatch(digits, /[ILOU]/)
})
