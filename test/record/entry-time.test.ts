import t from 'tap'
import { createEntryTimes } from '../../src/record/entry-time.ts'
import { createRandom } from '../support/random.ts'

void t.test('times are written as Date writes them, in whatever order they come', async (t) => {
  const timeText = createEntryTimes()
  const { below } = createRandom(7)
  const starts = [0, -1, -1000, 1_795_425_242_113, Date.UTC(9999, 11, 31, 23, 59, 59, 990), 253e12]
  for (const start of starts) {
    for (let turn = 0; turn < 2000; turn += 1) {
      const at = start + below(3000)
      const expected = new Date(at).toISOString()
      if (timeText(at) !== expected || timeText(at) !== expected) t.equal(timeText(at), expected)
    }
  }
  t.equal(timeText(5), '1970-01-01T00:00:00.005Z')
  t.equal(timeText(12.9), '1970-01-01T00:00:00.012Z', 'parts of milliseconds are left out')
})

void t.test('what is no time throws', async (t) => {
  const timeText = createEntryTimes()
  for (const at of [Number.NaN, Infinity, 9e15]) t.throws(() => timeText(at), RangeError)
  t.equal(timeText(0), '1970-01-01T00:00:00.000Z')
})
