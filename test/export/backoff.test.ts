import t from 'tap'
import { createBackoff } from '../../src/export/backoff.ts'

t.test('the bound doubles from 100 ms to 30 s, and begins anew after a success', async (t) => {
  const { nextMs, reset } = createBackoff(() => 1)
  const waits = Array.from({ length: 11 }, () => nextMs())
  t.same(waits, [100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000])
  reset()
  t.equal(nextMs(), 100)
})

t.test('each wait is random between nothing and the bound', async (t) => {
  const values = [0, 0.5, 0.25]
  const { nextMs } = createBackoff(() => values.shift() ?? 0)
  t.same([nextMs(), nextMs(), nextMs()], [0, 100, 100])
  const real = createBackoff()
  for (let count = 0; count < 100; count += 1) {
    const wait = real.nextMs()
    t.ok(wait >= 0 && wait <= 30_000)
  }
})

t.test('what the other side asks for is granted, up to five minutes', async (t) => {
  const { nextMs } = createBackoff(() => 1)
  t.equal(nextMs(7_000), 7_000)
  t.equal(nextMs(10), 200, 'it may ask for less than is waited anyway')
  t.equal(nextMs(1e12), 300_000)
})
