import t, { type Test } from 'tap'
import { createBackoff } from '../../src/export/backoff.ts'
import { createDelivery, type DeliveryOptions } from '../../src/export/delivery.ts'
import { DeliveryFailure } from '../../src/export/delivery-failure.ts'
import { keptLog, until } from '../support/audit-files.ts'

type Deliver = DeliveryOptions<string>['deliver']

function delivering(t: Test, deliver: Deliver, options: Partial<DeliveryOptions<string>> = {}) {
  const { log, lines } = keptLog()
  const ending = new AbortController()
  const over = new AbortController()
  const waits: number[] = []
  const backoff = createBackoff(() => 0)
  const delivery = createDelivery<string>({
    about: { export: 'siem' },
    deliver,
    backoff: {
      ...backoff,
      nextMs(askedMs) {
        waits.push(askedMs ?? -1)
        return backoff.nextMs()
      },
    },
    log,
    now: () => 0,
    ending: ending.signal,
    over: over.signal,
    ...options,
  })
  t.teardown(() => {
    ending.abort()
    over.abort()
  })
  return { ...delivery, lines, ending, over, waits }
}

const measure = { count: 3, since: 5_000 }
const never: Deliver = () => new Promise<void>(() => undefined)

t.test('what is taken at once is counted, and nothing is said', async (t) => {
  const given: string[] = []
  const { deliver, state, lines } = delivering(t, async (batch) => void given.push(batch))
  t.equal(await deliver('a', measure), true)
  t.equal(await deliver('b', { count: 1, since: 6_000 }), true)
  t.same(given, ['a', 'b'])
  const unknown = { lastError: undefined, waitingSince: undefined }
  t.same(state(), { delivered: 4, failures: 0, ...unknown })
  t.same(lines(), [])
})

t.test('the same batch comes until it is taken', async (t) => {
  const given: string[] = []
  const { deliver, state, lines } = delivering(t, async (batch) => {
    given.push(batch)
    t.equal(state().waitingSince, 5_000)
    if (given.length < 4) throw new Error(`no ${given.length}`)
    t.equal(state().lastError, 'no 3')
  })
  t.equal(await deliver('a', measure), true)
  t.same(given, ['a', 'a', 'a', 'a'])
  t.match(state(), { delivered: 3, failures: 3, lastError: undefined, waitingSince: undefined })
  t.match(lines(), [
    { level: 'warn', export: 'siem', why: 'no 1', count: 1 },
    { level: 'info', export: 'siem', failures: 3, msg: 'what is sent is taken again' },
  ])
  t.equal(lines().length, 2)
})

t.test('the other side may ask for time', async (t) => {
  const { deliver, waits } = delivering(t, async () => {
    if (waits.length === 0) throw new DeliveryFailure('busy', { retryAfterMs: 7 })
    if (waits.length === 1) throw new Error('away')
  })
  await deliver('a', measure)
  t.same(waits, [7, -1])
})

t.test('a refusal is said as an error, since it will not pass by itself', async (t) => {
  const { deliver, lines, state } = delivering(t, async () => {
    if (state().failures === 0) throw new DeliveryFailure('no', { isRefusal: true })
  })
  await deliver('a', measure)
  t.match(lines()[0], { level: 'error', why: 'no', msg: /refused/ })
})

t.test('a reason has a bound, and need not be an error', async (t) => {
  const { deliver, lines, state } = delivering(t, async () => {
    const { failures, lastError } = state()
    if (failures > 0) t.equal(lastError, 'x'.repeat(300))
    // oxlint-disable-next-line typescript/only-throw-error -- what a sink's library throws is not ours to choose
    if (failures === 0) throw 'x'.repeat(1_000)
  })
  await deliver('a', measure)
  t.match(lines()[0], { why: 'x'.repeat(300) })
})

t.test('an attempt that does not end is ended, and made again', async (t) => {
  let aborted: unknown
  const { deliver, state } = delivering(
    t,
    async (_, signal) => {
      if (state().failures > 0) return
      signal.addEventListener('abort', () => (aborted = signal.reason))
      await never('', signal)
    },
    { attemptTimeoutMs: 5 },
  )
  t.equal(await deliver('a', measure), true)
  t.match(aborted, { message: 'it was not taken within 0.005 s' })
})

t.test('at the end, what waits is tried once more', async (t) => {
  let works = false
  const tried = async () => {
    if (!works) throw new Error('away')
  }
  for (const taken of [true, false]) {
    works = false
    const { deliver, ending, state } = delivering(t, tried, {
      backoff: { nextMs: () => 1e9, reset: () => undefined },
    })
    const delivered = deliver('a', measure)
    await until(() => state().failures === 1)
    works = taken
    ending.abort()
    t.equal(await delivered, taken)
    t.match(state(), taken ? { delivered: 3 } : { failures: 2, waitingSince: 5_000 })
  }
})

t.test('once it is over, nothing is tried', async (t) => {
  const { deliver, ending, over, state } = delivering(t, never)
  const delivered = deliver('a', measure)
  ending.abort()
  over.abort()
  t.equal(await delivered, false)
  t.match(state(), { failures: 1, lastError: 'it was not taken before the end' })
  t.equal(await deliver('a', measure), false)
  t.equal(state().failures, 1)
})
