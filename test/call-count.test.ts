import t from 'tap'
import { createCallCount } from '../src/call-count.ts'

void t.test('calls count until they end, well or not', async (t) => {
  const calls = createCallCount()
  const first = Promise.withResolvers<void>()
  const second = Promise.withResolvers<void>()
  const counted = [calls.count(first.promise), calls.count(second.promise)]
  t.equal(calls.inFlight(), 2)
  first.resolve()
  await counted[0]
  t.equal(calls.inFlight(), 1)
  second.reject(new Error('a bug'))
  await t.rejects(counted[1] ?? Promise.resolve(), { message: 'a bug' })
  t.equal(calls.inFlight(), 0)
})

void t.test(
  'a replica that goes away takes no more calls, and waits for those it has',
  async (t) => {
    const calls = createCallCount()
    t.equal(calls.admit(), undefined)
    t.equal(calls.isDraining(), false)
    const running = Promise.withResolvers<void>()
    const counted = calls.count(running.promise)
    let isDrained = false
    const drained = calls.drain(60_000).then(() => (isDrained = true))
    t.match(calls.admit(), { refused: true, code: 'draining' })
    t.equal(calls.isDraining(), true)
    await new Promise((resolve) => setImmediate(resolve))
    t.equal(isDrained, false)
    running.resolve()
    await counted
    t.ok(await drained)
  },
)

void t.test('waiting ends when the time is over, and settling does not', async (t) => {
  const calls = createCallCount()
  const running = Promise.withResolvers<void>()
  const counted = calls.count(running.promise).catch(() => 'failed')
  await calls.drain(5)
  t.equal(calls.inFlight(), 1)
  const settled = calls.settled()
  running.reject(new Error('cut'))
  await settled
  t.equal(calls.inFlight(), 0)
  t.equal(await counted, 'failed')
})

void t.test('with no calls there is nothing to wait for', async (t) => {
  const calls = createCallCount()
  await calls.drain(60_000)
  await calls.settled()
  t.equal(calls.inFlight(), 0)
})
