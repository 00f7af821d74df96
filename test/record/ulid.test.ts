import t from 'tap'
import { createUlids } from '../../src/record/ulid.ts'

void t.test('begins with the time and has 26 characters', async (t) => {
  const newUlid = createUlids({ now: () => 1469918176385 })
  t.match(newUlid(), /^01ARYZ6S41[0-9A-HJKMNP-TV-Z]{16}$/)
})

void t.test('ascends within a millisecond, and when the clock goes forth or back', async (t) => {
  const clock = [5000, 5000, 5000, 5001, 4000, 4000, 5002]
  const times = clock.values()
  const newUlid = createUlids({ now: () => times.next().value ?? 0 })
  const ids = clock.map(() => newUlid())
  t.strictSame([...ids].sort(), ids)
  t.equal(new Set(ids).size, ids.length)
})

void t.test('two makers do not make the same in the same millisecond', async (t) => {
  const now = () => 5000
  t.not(createUlids({ now })(), createUlids({ now })())
})

void t.test('a million within one millisecond still ascend', async (t) => {
  const newUlid = createUlids({ now: () => 5000 })
  let before = newUlid()
  let descents = 0
  for (let made = 0; made < 2 ** 20; made += 1) {
    const next = newUlid()
    if (next <= before || next.length !== 26) descents += 1
    before = next
  }
  t.equal(descents, 0)
})
