import { once } from 'node:events'
import { connect, createServer, Socket, type AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { statusCodes } from '../../src/core/status.ts'
import { CallerConnection } from '../../src/listen/caller-connection.ts'
import { healthCheckPath } from '../../src/listen/health.ts'
import { HeldBytes } from '../../src/listen/held-bytes.ts'
import { settingId } from '../../src/wire/frames/codes.ts'
import type { ListenLimits } from '../../src/config/settings.ts'
import type { FramePeer } from '../support/frame-peer.ts'
import { limitsWith } from '../support/limits.ts'
import { requestHead, startCallerEnd, type TakenCall } from '../support/caller-end.ts'
import { until } from '../support/audit-files.ts'
import { ask, frameOf, openStream } from '../support/raw-http2.ts'
import { whenGone } from '../support/recorded-answer.ts'

const ok = { code: statusCodes.OK, words: '', trailers: [] }
const greet = ({ answer }: TakenCall) => answer.sendStatus(ok)
const later = (ms: number) => performance.now() + ms

void t.test('calls come with their headers, body and caller', async (t) => {
  const end = await startCallerEnd(t)
  const session = await end.session()
  const asked = ask(session, {}, frameOf(Buffer.from('message')))
  const { arrival, answer } = await end.call()
  t.match(arrival, { path: '/x/Y', peer: '127.0.0.1', metadata: [] })
  t.same(await arrival.readMessage(), Buffer.from('message'))
  t.equal(end.connections[0]?.streams, 1)
  answer.sendBytes(frameOf(Buffer.from('answer')))
  answer.sendStatus(ok)
  const { blocks, body } = await asked
  t.match(blocks, [{ headers: { ':status': 200 } }, { headers: { 'grpc-status': '0' } }])
  t.same(body, frameOf(Buffer.from('answer')))
  t.equal(end.connections[0]?.streams, 0)
  t.equal(end.held.bytes, 0)
})

void t.test('a request without a body, and trailers of a request, end it', async (t) => {
  const end = await startCallerEnd(t)
  const peer = await end.peer()
  peer.head(1, requestHead, true)
  t.match(await (await end.call()).arrival.readMessage(), { code: 'message_malformed' })
  peer.head(3, requestHead, false)
  peer.send((writer) => writer.data(3, frameOf(Buffer.from('m')), false))
  peer.head(3, ['x-trailer', 'yes'], true)
  t.same(await (await end.call(2)).arrival.readMessage(), Buffer.from('m'))
})

void t.test('what is no gRPC is answered, and is no call', async (t) => {
  const end = await startCallerEnd(t)
  const peer = await end.peer()
  const other = requestHead.map((text) => (text === 'application/grpc' ? 'text/html' : text))
  peer.head(1, other, true)
  peer.head(3, other, false)
  await peer.saw('headers', 2)
  const resets = await peer.saw('reset')
  t.match(resets, [{ id: 3, payload: Buffer.alloc(4) }], 'the rest of a body is not wanted')
  t.equal(end.calls.length, 0)
})

void t.test('a caller who resets, or is lost, has left', async (t) => {
  const end = await startCallerEnd(t)
  const session = await end.session()
  let gone = 0
  for (let count = 0; count < 2; count += 1) {
    openStream(session).stream.write(frameOf(Buffer.from('m'), 0, 100))
    const { answer } = await end.call(count + 1)
    whenGone(answer, () => (gone += 1))
  }
  const { stream } = openStream(session)
  stream.write('half')
  const { answer } = await end.call(3)
  whenGone(answer, () => (gone += 1))
  stream.close(8)
  await until(() => gone === 1)
  session.destroy()
  await until(() => gone === 3)
  await until(() => end.closed() === 1)
  for (const { release } of end.calls) release()
  t.equal(end.held.bytes, 0, 'nothing is held for them')
})

void t.test(
  'a connection that drains lets calls end, takes those under way, and hangs up',
  async (t) => {
    const end = await startCallerEnd(t)
    const session = await end.session()
    const first = ask(session)
    const { answer } = await end.call()
    const told = once(session, 'goaway')
    end.connections[0]?.drain()
    end.connections[0]?.drain()
    t.equal((await told)[0], 0)
    answer.sendStatus(ok)
    t.match((await first).blocks, [{ headers: { 'grpc-status': '0' } }])
    await until(() => end.closed() === 1)
  },
)

void t.test('a caller who knew of the end has its later calls passed over', async (t) => {
  const end = await startCallerEnd(t)
  const peer = await end.peer()
  peer.head(1, requestHead, true)
  const { answer } = await end.call()
  end.connections[0]?.drain()
  const [first] = await peer.saw('goaway')
  t.equal(first?.payload.readUInt32BE(0), 2 ** 31 - 1)
  peer.head(3, requestHead, true)
  await end.call(2)
  peer.send((writer) => {
    writer.ping(Buffer.alloc(8), true)
    writer.ping(Buffer.alloc(8), true)
  })
  const goaways = await peer.saw('goaway', 2)
  t.equal(goaways[1]?.payload.readUInt32BE(0), 3)
  peer.head(5, requestHead, true)
  answer.sendStatus(ok)
  end.calls[1]?.answer.sendStatus(ok)
  await peer.closed()
  t.equal(end.calls.length, 2)
  t.equal(peer.ofType('goaway').length, 2, 'a flood of answers to our ping is told nothing more')
})

void t.test('an answer to a ping that nobody sent means nothing', async (t) => {
  const end = await startCallerEnd(t, {}, greet)
  const peer = await end.peer()
  peer.send((writer) => {
    writer.ping(Buffer.alloc(8), true)
    writer.goaway(0, 0, '')
  })
  peer.head(1, requestHead, true)
  await peer.saw('headers')
  t.equal(peer.ofType('goaway').length, 0)
})

void t.test('who breaks the rules is told, and cut', async (t) => {
  for (const [reason, send] of [
    ['protocol', (w: { windowUpdate: (id: number, by: number) => void }) => w.windowUpdate(0, 0)],
    [
      'flow_control',
      (w: { windowUpdate: (id: number, by: number) => void }) => w.windowUpdate(0, 2 ** 31 - 1),
    ],
  ] as const) {
    const end = await startCallerEnd(t)
    const peer = await end.peer()
    peer.send(send)
    await peer.saw('goaway')
    await peer.closed()
    t.same(end.observed, [reason])
  }
})

void t.test('more pings than allowed end the connection', async (t) => {
  const end = await startCallerEnd(t, { pingsPerSecondMax: 3 })
  const peer = await end.peer()
  peer.send((writer) => {
    for (let count = 0; count < 4; count += 1) writer.ping(Buffer.alloc(8), false)
  })
  await peer.closed()
  t.same(end.observed, ['rate'])
})

void t.test('who says nothing is cut, however late its settings are', async (t) => {
  const end = await startCallerEnd(t, { greetingMaxMs: 1_000 })
  const silent = connect(end.port, '127.0.0.1')
  t.teardown(() => silent.destroy())
  const gone = once(silent.resume(), 'close')
  await until(() => end.connections.length === 1)
  end.connections[0]?.check(performance.now())
  t.same(end.observed, [])
  end.connections[0]?.check(later(1_001))
  await gone
  t.same(end.observed, ['greeting'])
})

void t.test('a connection without traffic ends in order, a long poll keeps it', async (t) => {
  const end = await startCallerEnd(t, { idleMaxMs: 60_000 })
  const peer = await end.peer()
  peer.head(1, requestHead, true)
  const { answer } = await end.call()
  const [connection] = end.connections
  connection?.check(performance.now())
  connection?.check(later(3_600_000))
  t.same(end.observed, [], 'its call is still open')
  answer.sendStatus(ok)
  await peer.saw('headers')
  connection?.check(later(59_000))
  peer.send((writer) => writer.ping(Buffer.alloc(8), false))
  await peer.saw('ping')
  connection?.check(later(70_000))
  t.same(end.observed, [], 'a ping is traffic')
  connection?.check(later(140_000))
  const [goaway] = await peer.saw('goaway')
  t.match(goaway?.payload.subarray(0, 8), Buffer.from([0, 0, 0, 1, 0, 0, 0, 0]))
  await peer.closed()
  t.same(end.observed, ['idle'])
})

void t.test('an answer that its caller does not take is given up', async (t) => {
  const end = await startCallerEnd(t, { unreadMaxMs: 60_000 })
  const peer = await end.peer()
  peer.head(1, requestHead, true)
  peer.head(3, requestHead, true)
  const { answer } = await end.call(2)
  let gone = false
  whenGone(answer, () => (gone = true))
  const cost = end.held.bytes
  answer.sendBytes(Buffer.alloc(100_000))
  t.equal(end.held.bytes - cost, 100_000 - 65_535)
  const [connection] = end.connections
  connection?.check(performance.now())
  t.notOk(gone)
  connection?.check(later(61_000))
  t.ok(gone)
  t.equal(end.held.bytes, cost)
  const [reset] = await peer.saw('reset')
  t.match(reset, { id: 3, payload: Buffer.from([0, 0, 0, 11]) })
  t.same(end.observed, ['unread'])
  t.equal(connection?.streams, 1, 'its other call stays')
})

void t.test('a caller who is gone already has no address, and harms nobody', async (t) => {
  let closed = 0
  const connection = new CallerConnection({
    socket: new Socket(),
    limits: limitsWith(),
    held: new HeldBytes(1),
    take: () => undefined,
    observe: () => undefined,
    onClosed: () => (closed += 1),
  })
  await until(() => closed === 1)
  t.equal(connection.streams, 0)
})

void t.test('bytes that were read before belong to the connection', async (t) => {
  const observed: string[] = []
  const server = createServer((socket) => {
    const connection = new CallerConnection({
      socket,
      limits: limitsWith(),
      held: new HeldBytes(1),
      take: () => undefined,
      observe: (reason) => observed.push(reason),
      onClosed: () => undefined,
    })
    connection.receive(Buffer.from('no preface at all, and long enough for one'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  await once(socket.resume(), 'close')
  t.same(observed, ['protocol'])
})

/** A caller who takes nothing of an answer that its windows have room for. */
async function deafCaller(t: Test, limits: Partial<ListenLimits>) {
  const end = await startCallerEnd(t, limits)
  const peer = await end.peer()
  peer.socket.pause()
  peer.send((writer) => {
    writer.windowUpdate(0, 2 ** 30)
    writer.settings([[settingId.initialWindowSize, 2 ** 30]])
  })
  peer.head(1, requestHead, true)
  const { answer } = await end.call()
  return { end, peer, answer }
}

void t.test('a socket that takes nothing is cut, and that is counted', async (t) => {
  const { end, answer } = await deafCaller(t, { unreadMaxMs: 20, unreadBytesMax: 4 })
  // More than the buffers of two sockets hold.
  answer.sendBytes(Buffer.alloc(16e6))
  await until(() => end.closed() === 1)
  t.ok(end.observed.includes('unread'))
  end.calls[0]?.release()
  t.equal(end.held.bytes, 0)
})

void t.test('when far too much is held for it, a caller is turned away unseen', async (t) => {
  const end = await startCallerEnd(t, { bufferedBytesMax: 100_000 })
  const peer = await end.peer()
  const other = end.held.share('192.0.2.7')
  other.add(100_001)
  peer.head(1, requestHead, true)
  const [reset] = await peer.saw('reset')
  t.match(reset, { id: 1, payload: Buffer.from([0, 0, 0, 7]) }, 'and may come again')
  t.same([end.observed, end.calls.length], [['overloaded'], 0])
  other.add(-100_001)
  peer.head(3, requestHead, true)
  t.ok(await end.call())
})

void t.test(
  'an address that opens calls and leaves is turned away until they are dealt with',
  async (t) => {
    const end = await startCallerEnd(t, { streamsMax: 2 })
    for (const count of [1, 2, 3]) {
      const peer = await end.peer()
      peer.head(1, requestHead, false)
      await end.call(count)
      peer.socket.destroy()
      await until(() => end.closed() === count)
    }
    const peer = await end.peer()
    peer.head(1, requestHead, true)
    const [reset] = await peer.saw('reset')
    t.match(reset, { id: 1, payload: Buffer.from([0, 0, 0, 7]) })
    t.same([end.observed, end.calls.length], [['overloaded'], 3])
    end.calls[0]?.release()
    peer.head(3, requestHead, true)
    await end.call(4)
  },
)

void t.test('who held much loses what it does not take when others have come', async (t) => {
  const end = await startCallerEnd(t, { bufferedBytesMax: 400_000 })
  const peer = await end.peer()
  for (const id of [1, 3]) {
    peer.head(id, requestHead, true)
    const { answer } = await end.call((id + 1) / 2)
    answer.sendBytes(Buffer.alloc(100_000))
  }
  const [connection] = end.connections
  connection?.check(performance.now())
  t.same(end.observed, [], 'while it is alone it may')
  const other = end.held.share('127.0.0.1')
  other.add(110_000)
  connection?.check(performance.now())
  const [reset] = await peer.saw('reset')
  t.match(reset, { id: 1, payload: Buffer.from([0, 0, 0, 11]) })
  t.same(end.observed, ['overloaded'], 'and no more than it has to')
  t.equal(connection?.streams, 1)
})

void t.test('what a socket holds is counted until it is taken', async (t) => {
  const { end, peer, answer } = await deafCaller(t, {})
  const cost = end.held.bytes
  // More than the buffers of two sockets hold.
  answer.sendBytes(Buffer.alloc(16e6))
  await until(() => end.held.bytes > 1e6)
  peer.socket.resume()
  await until(() => end.held.bytes === cost)
  end.connections[0]?.check(performance.now())
  t.equal(end.held.bytes, cost)
  t.same(end.observed, [])
})

void t.test('whoever leaves much in its socket has to go when far too much is held', async (t) => {
  const { end, answer } = await deafCaller(t, { bufferedBytesMax: 500_000 })
  answer.sendBytes(Buffer.alloc(16e6))
  await until(() => end.closed() === 1)
  t.ok(end.observed.includes('overloaded'))
  end.calls[0]?.release()
  t.equal(end.held.bytes, 0)
})

void t.test('a frame or a header block that does not become whole is given up', async (t) => {
  for (const write of [
    (peer: FramePeer) => peer.socket.write(Buffer.of(0, 0, 8, 6)),
    (peer: FramePeer) =>
      peer.socket.write(
        Buffer.of(0, 0, 1, 1, 0, 0, 0, 0, 1, 0x82, 0, 0, 1, 9, 0, 0, 0, 0, 1, 0x82),
      ),
  ]) {
    const end = await startCallerEnd(t, { bodyMaxMs: 60_000, idleMaxMs: 1e9 })
    const peer = await end.peer()
    write(peer)
    await until(() => (end.sockets[0]?.bytesRead ?? 0) > 36)
    const [connection] = end.connections
    connection?.check(later(0))
    connection?.check(later(59_000))
    t.same(end.observed, [])
    connection?.check(later(61_000))
    const [goaway] = await peer.saw('goaway')
    t.match(goaway?.payload.subarray(4, 8), Buffer.from([0, 0, 0, 11]))
    await peer.closed()
    t.same(end.observed, ['body_time'])
  }
})

void t.test('frames that come whole, one after the other, may go on for ever', async (t) => {
  const end = await startCallerEnd(t, { bodyMaxMs: 60_000, idleMaxMs: 1e9 })
  const peer = await end.peer()
  const [connection] = end.connections
  for (let minute = 0; minute < 5; minute += 1) {
    // The rest of a ping, and half of the next.
    const half = Buffer.from([0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2])
    peer.socket.write(minute === 0 ? half : Buffer.concat([Buffer.alloc(6), half]))
    await until(() => (end.sockets[0]?.bytesRead ?? 0) >= 33 + 11 + 17 * minute)
    connection?.check(later(minute * 50_000))
  }
  t.same(end.observed, [])
})

void t.test('calls of one connection share their token, for as long as one is open', async (t) => {
  const end = await startCallerEnd(t)
  const peer = await end.peer()
  const withToken = [...requestHead, 'authorization', 'Bearer a-token']
  peer.head(1, withToken, true)
  peer.head(3, withToken, true)
  const [one, two] = [await end.call(1), await end.call(2)]
  t.same(one.arrival.credential, { kind: 'bearer', token: 'a-token' })
  t.equal(two.arrival.credential, one.arrival.credential)
  for (const { answer } of [one, two]) answer.sendStatus(ok)
  await peer.saw('headers', 2)
  end.connections[0]?.check(performance.now())
  peer.head(5, withToken, true)
  t.not((await end.call(3)).arrival.credential, one.arrival.credential, 'then it is forgotten')
})

void t.test('an address has so many calls at once that are not recorded yet', async (t) => {
  const end = await startCallerEnd(t, { streamsMax: 2 })
  end.held.share('127.0.0.1').addUndecided(17)
  const peer = await end.peer()
  peer.head(1, requestHead, true)
  const [reset] = await peer.saw('reset')
  t.match(reset, { id: 1, payload: Buffer.from([0, 0, 0, 7]) })
  t.same(end.observed, ['overloaded'])
  const check = requestHead.map((text) => (text === '/x/Y' ? healthCheckPath : text))
  peer.head(3, check, true)
  await end.call()
  t.pass('a balancer is not told that the replica is ill')
})

void t.test('when a connection has failed, nobody waits for its calls', async (t) => {
  const end = await startCallerEnd(t)
  const peer = await end.peer()
  peer.head(1, requestHead, false)
  const { answer } = await end.call()
  let isOpen: boolean | undefined
  whenGone(answer, () => (isOpen = end.closed() === 0))
  peer.send((writer) => writer.windowUpdate(0, 0))
  await peer.saw('goaway')
  t.equal(isOpen, true, 'though its socket is still there')
})

void t.test('who sends much ahead has to go when far too much is held', async (t) => {
  const end = await startCallerEnd(t, { bufferedBytesMax: 100_000, streamsMax: 5_000 })
  const peer = await end.peer()
  const other = end.held.share('192.0.2.7')
  other.add(80_000)
  peer.send((writer) => {
    for (let id = 1; id < 8_000; id += 2) writer.headers(id, Buffer.of(0x83, 0x86, 0x84), true)
  })
  await until(() => end.closed() === 1)
  t.equal(end.observed.at(-1), 'overloaded')
  for (const { release } of end.calls) release()
  t.equal(end.held.bytes, 80_000)
})
