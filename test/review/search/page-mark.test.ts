import t from 'tap'
import { pageMarkText, parsePageMark } from '../../../src/review/search/page-mark.ts'

void t.test('a mark is read as it was written', async (t) => {
  for (const mark of [
    { group: 0, time: 1_793_577_600_000, seq: 12 },
    { group: 1, time: -5, seq: 999_999_999_999 },
  ]) {
    t.strictSame(parsePageMark(pageMarkText(mark)), mark)
  }
})

void t.test('anything else is refused, since marks come from addresses', async (t) => {
  const wrong = ['', '2.1.1', '0.1', '0.1.1.1', '0.x.1', '0.1.-1', ' 0.1.1', '0.1.1\n', '0.1.1;--']
  for (const text of [...wrong, `0.${'9'.repeat(17)}.1`, '0.1e3.1']) {
    t.throws(() => parsePageMark(text), RangeError, text)
  }
})
