import t from 'tap'
import { markupOf } from '../../../src/review/html.ts'
import {
  countText,
  isoOf,
  minuteText,
  moment,
  momentText,
  tookText,
} from '../../../src/review/pages/moments.ts'

const at = Date.UTC(2026, 10, 23, 9, 14, 2, 113)

t.test('moments are in UTC, to the millisecond or the minute', async (t) => {
  t.equal(momentText(at), '2026-11-23 09:14:02.113')
  t.equal(minuteText(at), '2026-11-23 09:14')
  t.equal(isoOf(at), '2026-11-23T09:14:02.113Z')
  t.equal(
    markupOf(moment(at)),
    '<time datetime="2026-11-23T09:14:02.113Z">2026-11-23 09:14:02.113</time>',
  )
})

t.test('what is no time is a dash', async (t) => {
  t.equal(momentText(Number.NaN), '–')
  t.equal(minuteText(Infinity), '–')
  t.equal(isoOf(Number.NaN), undefined)
})

t.test('thousands stand apart', async (t) => {
  t.equal(countText(1_234_567), '1,234,567')
})

const durations = [
  [undefined, ''],
  [0, '0 ms'],
  [17.44, '17.4 ms'],
  [999, '999 ms'],
  [1_000, '1 s'],
  [59_940, '59.9 s'],
  [60_000, '1 min 0 s'],
  [3_723_999, '62 min 3 s'],
] as const

for (const [ms, text] of durations) {
  t.test(`${ms} milliseconds are "${text}"`, async (t) => {
    t.equal(tookText(ms), text)
  })
}
