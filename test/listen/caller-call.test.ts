import { gzipSync } from 'node:zlib'
import t from 'tap'
import { until } from '../support/audit-files.ts'
import { requestHead, startCallerEnd } from '../support/caller-end.ts'
import { frameOf } from '../support/raw-http2.ts'
import { whenGone } from '../support/recorded-answer.ts'

const ok = { code: 0, words: '', trailers: [] }

void t.test('no more than a window is taken before the message is asked for', async (t) => {
  const end = await startCallerEnd(t)
  const peer = await end.peer()
  peer.head(1, requestHead, false)
  const whole = frameOf(Buffer.alloc(100_000, 'm'))
  const window = 64 * 1024
  peer.send((writer) => {
    for (let at = 0; at < window; at += 16_384) {
      writer.data(1, whole.subarray(at, at + 16_384), false)
    }
  })
  const { arrival, answer } = await end.call()
  await until(() => end.held.bytes >= window)
  const cost = end.held.bytes - window
  t.notOk(peer.ofType('windowUpdate').some(({ id }) => id === 1))
  const read = arrival.readMessage()
  await until(() => peer.ofType('windowUpdate').some(({ id }) => id === 1))
  peer.send((writer) => {
    for (let at = window; at < whole.length; at += 16_384) {
      writer.data(1, whole.subarray(at, at + 16_384), at + 16_384 >= whole.length)
    }
  })
  t.same(await read, whole.subarray(5))
  t.equal(end.held.bytes - cost, whole.length, 'it is held until the call is answered')
  answer.sendStatus(ok)
  t.equal(end.held.bytes, 0)
})

void t.test('an encoding that is not known is refused without the body', async (t) => {
  const end = await startCallerEnd(t)
  const peer = await end.peer()
  peer.head(1, [...requestHead, 'grpc-encoding', 'snappy'], false)
  const { arrival } = await end.call()
  t.match(await arrival.readMessage(), { code: 'encoding_unsupported' })
})

for (const size of [1_000, 200_000]) {
  void t.test(`what ${size} bytes were deflated from counts as held`, async (t) => {
    const end = await startCallerEnd(t)
    const peer = await end.peer()
    peer.head(1, [...requestHead, 'grpc-encoding', 'gzip'], false)
    const { arrival, answer } = await end.call()
    const cost = end.held.bytes
    const message = Buffer.alloc(size, 'sallyport')
    peer.send((writer) => writer.data(1, frameOf(gzipSync(message), 1), true))
    t.same(await arrival.readMessage(), message)
    t.ok(end.held.bytes - cost >= size)
    answer.sendStatus(ok)
    t.equal(end.held.bytes, 0)
  })
}

void t.test('a body that takes too long is given up', async (t) => {
  const end = await startCallerEnd(t, { bodyMaxMs: 20 })
  const peer = await end.peer()
  peer.head(1, requestHead, false)
  peer.send((writer) => writer.data(1, frameOf(Buffer.from('half'), 0, 8), false))
  const { arrival, answer } = await end.call()
  t.match(await arrival.readMessage(), {
    code: 'message_malformed',
    detail: 'the body did not arrive in time',
  })
  t.same(end.observed, ['body_time'])
  answer.sendStatus({ ...ok, code: 3 })
  const [reset] = await peer.saw('reset')
  t.match(reset, { payload: Buffer.alloc(4) }, 'and its rest is not wanted')
  peer.send((writer) => writer.data(1, Buffer.from('rest'), true))
  t.equal(end.held.bytes, 0)
})

void t.test('a caller who leaves in the middle leaves no message', async (t) => {
  const end = await startCallerEnd(t)
  const peer = await end.peer()
  peer.head(1, requestHead, false)
  peer.send((writer) => writer.data(1, frameOf(Buffer.from('half'), 0, 8), false))
  const { arrival } = await end.call()
  const read = arrival.readMessage()
  peer.send((writer) => writer.reset(1, 8))
  t.match(await read, { code: 'message_malformed', detail: 'the body did not arrive whole' })
})

void t.test('a caller who has left costs something until its call is dealt with', async (t) => {
  const end = await startCallerEnd(t)
  const share = end.held.share('127.0.0.1')
  const peer = await end.peer()
  peer.head(1, requestHead, false)
  const { arrival, release } = await end.call()
  const cost = end.held.bytes
  peer.send((writer) => writer.data(1, frameOf(Buffer.from('half'), 0, 8), false))
  const read = arrival.readMessage()
  peer.send((writer) => writer.reset(1, 8))
  await read
  t.equal(end.held.bytes, cost, 'without its body')
  t.equal(share.leftCalls, 1)
  release()
  t.same([end.held.bytes, share.leftCalls], [0, 0])
  release()
  t.same([end.held.bytes, share.leftCalls], [0, 0], 'which it is once')
})

void t.test('a caller who takes its answer has not left', async (t) => {
  const end = await startCallerEnd(t)
  const share = end.held.share('127.0.0.1')
  const peer = await end.peer()
  peer.head(1, requestHead, true)
  const { answer, release } = await end.call()
  answer.sendStatus(ok)
  await until(() => peer.hasEnded(1))
  peer.socket.destroy()
  await until(() => end.closed() === 1)
  release()
  t.same([end.held.bytes, share.leftCalls], [0, 0])
})

void t.test('a message may be asked for before any of it has come', async (t) => {
  const end = await startCallerEnd(t)
  const peer = await end.peer()
  peer.head(1, requestHead, false)
  const { arrival } = await end.call()
  const read = arrival.readMessage()
  peer.send((writer) => writer.data(1, frameOf(Buffer.from('late')), true))
  t.same(await read, Buffer.from('late'))
})

void t.test('a caller who leaves behind its status takes along what waits for it', async (t) => {
  const end = await startCallerEnd(t)
  const peer = await end.peer()
  peer.head(1, requestHead, true)
  const { answer } = await end.call()
  answer.sendBytes(Buffer.alloc(100_000))
  answer.sendStatus(ok)
  t.ok(end.held.bytes > 0)
  peer.send((writer) => writer.reset(1, 8))
  await until(() => end.held.bytes === 0)
})

void t.test('a message that is whole stays so when its caller leaves', async (t) => {
  const end = await startCallerEnd(t)
  const peer = await end.peer()
  peer.head(1, requestHead, false)
  peer.send((writer) => writer.data(1, frameOf(Buffer.from('whole')), true))
  const { arrival, answer, release } = await end.call()
  let gone = false
  whenGone(answer, () => (gone = true))
  peer.send((writer) => writer.reset(1, 8))
  await until(() => gone)
  t.same(await arrival.readMessage(), Buffer.from('whole'))
  t.ok(end.held.bytes > 5)
  release()
  t.equal(end.held.bytes, 0)
})

void t.test(
  'a call costs less once the upstream has it, and nothing when it is over',
  async (t) => {
    const end = await startCallerEnd(t)
    const peer = await end.peer()
    peer.head(1, requestHead, true)
    const { answer, release } = await end.call()
    const cost = end.held.bytes
    whenGone(answer, () => undefined)
    t.ok(end.held.bytes < cost / 2, `${end.held.bytes} of ${cost} bytes`)
    answer.sendStatus(ok)
    t.equal(end.held.bytes, 0)
    release()
    whenGone(answer, () => undefined)
    t.equal(end.held.bytes, 0)
  },
)

void t.test('while too much is held for a connection, its messages are not taken', async (t) => {
  const end = await startCallerEnd(t, { bufferedBytesMax: 80_000 })
  const peer = await end.peer()
  peer.head(1, requestHead, false)
  peer.send((writer) => writer.data(1, frameOf(Buffer.alloc(9_000), 0, 90_000), false))
  const slow = await end.call()
  const read = slow.arrival.readMessage()
  await until(() => end.held.bytes > 16_000)
  peer.head(3, requestHead, false)
  peer.send((writer) => writer.data(3, frameOf(Buffer.alloc(7_000)), true))
  const { arrival, answer } = await end.call(2)
  await until(() => end.held.bytes > 30_000)
  t.match(await arrival.readMessage(), { code: 'overloaded' })
  answer.sendStatus({ ...ok, code: 8 })
  const other = await end.peer()
  other.head(1, requestHead, false)
  other.send((writer) => writer.data(1, frameOf(Buffer.alloc(7_000)), true))
  const { arrival: others } = await end.call(3)
  t.same(await others.readMessage(), Buffer.alloc(7_000), 'those of another are')
  peer.send((writer) => writer.data(1, Buffer.alloc(12_000), false))
  t.match(await read, { code: 'overloaded' }, 'one that is coming in is given up as well')
  slow.answer.sendStatus({ ...ok, code: 8 })
  t.same(end.observed, ['overloaded', 'overloaded'])
})

void t.test('what comes behind the answer is nobody’s, and held by nobody', async (t) => {
  const end = await startCallerEnd(t)
  const peer = await end.peer()
  peer.send((writer) => writer.settings([[4, 0]]))
  peer.head(1, requestHead, false)
  const { answer } = await end.call()
  answer.sendBytes(Buffer.alloc(10))
  answer.sendStatus(ok)
  peer.send((writer) => writer.data(1, frameOf(Buffer.alloc(100)), true))
  peer.send((writer) => writer.ping(Buffer.alloc(8), false))
  await peer.saw('ping')
  t.equal(end.held.bytes, 10, 'only the answer is')
  peer.send((writer) => writer.windowUpdate(1, 1_000))
  await until(() => peer.hasEnded(1))
  t.equal(end.held.bytes, 0)
})

void t.test('an open call counts with its fields, wherever a table had them from', async (t) => {
  const end = await startCallerEnd(t)
  const peer = await end.peer()
  peer.head(1, [...requestHead, 'x-many', 'v'.repeat(1000)], false)
  const { answer } = await end.call()
  const cost = end.held.bytes
  t.ok(cost > 9_000 && cost < 11_000, `${cost} bytes`)
  peer.head(3, [...requestHead, 'x-many', 'v'.repeat(1000)], false)
  const { release } = await end.call(2)
  t.equal(end.held.bytes, 2 * cost, 'though it was a few bytes of an index')
  answer.sendStatus({ ...ok, code: 8 })
  t.equal(end.held.bytes, cost)
  peer.socket.destroy()
  await until(() => end.closed() === 1)
  t.equal(end.held.bytes, cost)
  release()
  t.equal(end.held.bytes, 0)
})

void t.test('a message that would inflate beyond the share is refused before', async (t) => {
  const end = await startCallerEnd(t, { bufferedBytesMax: 1_000_000 })
  const peer = await end.peer()
  peer.head(1, [...requestHead, 'grpc-encoding', 'gzip'], false)
  peer.send((writer) => writer.data(1, frameOf(gzipSync(Buffer.alloc(3_000_000)), 1), true))
  const { arrival } = await end.call()
  t.match(await arrival.readMessage(), { code: 'overloaded' })
})

void t.test('what is inflated for a caller who has left is held all the same', async (t) => {
  const end = await startCallerEnd(t)
  const peer = await end.peer()
  peer.head(1, [...requestHead, 'grpc-encoding', 'gzip'], false)
  peer.send((writer) => writer.data(1, frameOf(gzipSync(Buffer.alloc(200_000)), 1), true))
  const { arrival, answer, release } = await end.call()
  let gone = false
  whenGone(answer, () => (gone = true))
  peer.send((writer) => writer.reset(1, 8))
  await until(() => gone)
  t.same(await arrival.readMessage(), Buffer.alloc(200_000))
  t.ok(end.held.bytes > 200_000)
  release()
  t.equal(end.held.bytes, 0)
})

void t.test('bodies that nobody has asked for yet are given up as well', async (t) => {
  const end = await startCallerEnd(t, { bufferedBytesMax: 150_000 })
  const peer = await end.peer()
  peer.head(1, requestHead, false)
  const { arrival } = await end.call()
  const cost = end.held.bytes
  peer.send((writer) => writer.data(1, frameOf(Buffer.alloc(16_000), 0, 90_000), false))
  await until(() => end.held.bytes > cost)
  peer.send((writer) => {
    for (let count = 0; count < 3; count += 1) writer.data(1, Buffer.alloc(16_000), false)
  })
  await until(() => end.observed.length > 0)
  t.equal(end.held.bytes, cost, 'and nothing more of them is held')
  t.match(await arrival.readMessage(), { code: 'overloaded' })
})

void t.test('a call is undecided until it goes on, or is over', async (t) => {
  const end = await startCallerEnd(t)
  const share = end.held.share('127.0.0.1')
  const peer = await end.peer()
  for (const id of [1, 3, 5]) peer.head(id, requestHead, true)
  await end.call(3)
  const [forwarded, refused, left] = end.calls
  t.equal(share.undecidedCalls, 3)
  if (forwarded) whenGone(forwarded.answer, () => undefined)
  t.equal(share.undecidedCalls, 2)
  refused?.answer.sendStatus({ ...ok, code: 7 })
  t.equal(share.undecidedCalls, 1)
  peer.socket.destroy()
  await until(() => end.closed() === 1)
  t.same([share.undecidedCalls, share.leftCalls], [1, 2])
  left?.release()
  forwarded?.release()
  t.same([share.undecidedCalls, share.leftCalls], [0, 0])
})
