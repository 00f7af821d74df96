import t from 'tap'
import { newDecisionId } from '../../src/record/decision-id.ts'

void t.test('is d- and 12 unambiguous characters', async (t) => {
  for (let count = 0; count < 1000; count += 1) {
    t.match(newDecisionId(), /^d-[0-9A-HJKMNP-TV-Z]{12}$/)
  }
})

void t.test('every place takes every character, so that all 60 bits are random', async (t) => {
  const seen = Array.from({ length: 12 }, () => new Set<string>())
  const ids = new Set<string>()
  for (let count = 0; count < 5000; count += 1) {
    const id = newDecisionId()
    ids.add(id)
    seen.forEach((characters, place) => characters.add(id.charAt(place + 2)))
  }
  t.equal(ids.size, 5000)
  t.strictSame(
    seen.map((characters) => characters.size),
    Array.from({ length: 12 }, () => 32),
  )
})
