import t from 'tap'
import { parseTimeout } from '../../src/listen/timeout.ts'

const good: readonly (readonly [value: string, timeoutMs: number])[] = [
  ['2H', 7_200_000],
  ['3M', 180_000],
  ['4S', 4_000],
  ['5m', 5],
  ['6000u', 6],
  ['7000000n', 7],
  ['0S', 0],
  ['99999999H', 99_999_999 * 3_600_000],
]

for (const [value, timeoutMs] of good) {
  void t.test(`a timeout of ${value} is ${timeoutMs} ms`, async (t) => {
    const timeout = parseTimeout([value])
    t.ok(timeout.ok && Math.abs((timeout.timeoutMs ?? -1) - timeoutMs) < 1e-6)
  })
}

void t.test('a caller who says nothing waits for as long as it takes', async (t) => {
  t.strictSame(parseTimeout([]), { ok: true, timeoutMs: undefined })
})

const bad = ['123456789S', '-1S', '+1S', '1.5S', '1', 'S', '1s', '1 S', ' 1S', '1S\n', '', '0x1S']

for (const value of bad) {
  void t.test(`${JSON.stringify(value)} is no timeout`, async (t) => {
    t.strictSame(parseTimeout([value]), { ok: false })
  })
}

void t.test('two timeouts are none, even if they agree', async (t) => {
  t.strictSame(parseTimeout(['1S', '1S']), { ok: false })
})
