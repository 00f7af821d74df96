import t from 'tap'
import { JsonBytes } from '../../src/record/json-bytes.ts'
import { createUlids } from '../../src/record/ulid.ts'

void t.test('begins with the time and has 26 characters', async (t) => {
  const ulids = createUlids({ now: () => 1469918176385 })
  t.match(ulids.next(), /^01ARYZ6S41[0-9A-HJKMNP-TV-Z]{16}$/)
})

void t.test('ascends within a millisecond, and when the clock goes forth or back', async (t) => {
  const clock = [5000, 5000, 5000, 5001, 4000, 4000, 5002]
  const times = clock.values()
  const ulids = createUlids({ now: () => times.next().value ?? 0 })
  const ids = clock.map(() => ulids.next())
  t.strictSame([...ids].sort(), ids)
  t.equal(new Set(ids).size, ids.length)
})

void t.test('two makers do not make the same in the same millisecond', async (t) => {
  const now = () => 5000
  t.not(createUlids({ now }).next(), createUlids({ now }).next())
})

void t.test('a million within one millisecond still ascend', async (t) => {
  const ulids = createUlids({ now: () => 5000 })
  let before = ulids.next()
  let descents = 0
  for (let made = 0; made < 2 ** 20; made += 1) {
    const next = ulids.next()
    if (next <= before || next.length !== 26) descents += 1
    before = next
  }
  t.equal(descents, 0)
})

void t.test('one that is written is what the text would have been', async (t) => {
  const ulids = createUlids({ now: () => 1469918176385 })
  const out = new JsonBytes(10)
  const before = ulids.next()
  ulids.writeNext(out)
  const after = ulids.next()
  const written = out.between(0, out.length).toString()
  t.strictSame([before, written, after].toSorted(), [before, written, after])
  t.equal(new Set([before, written, after].map((id) => id.slice(0, 22))).size, 1)
  t.match(written, /^01ARYZ6S41[0-9A-HJKMNP-TV-Z]{16}$/)
})
