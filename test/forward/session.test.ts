import t, { type Test } from 'tap'
import { Session, type Carriage, type SessionParts } from '../../src/forward/session.ts'
import { settingId } from '../../src/wire/frames/codes.ts'
import { until } from '../support/audit-files.ts'
import { startFramePeers, type FramePeer } from '../support/frame-peer.ts'

const head = [':method', 'POST', ':scheme', 'http', ':path', '/x/Y', ':authority', 'a']
const fine = [':status', '200', 'content-type', 'application/grpc']

/** A session with what it told, and the other end of it. */
async function startSession(
  t: Test,
  parts: Pick<SessionParts, 'timing' | 'resets'> & { greet?: (peer: FramePeer) => void } = {},
) {
  const { greet, ...rest } = parts
  const { peers, open } = await startFramePeers(t, greet)
  const told: string[] = []
  const session = new Session({
    socket: await open(),
    onReady: () => told.push('ready'),
    onRetired: () => told.push('retired'),
    onRoom: () => told.push('room'),
    onGoaway: () => told.push('goaway'),
    onClosed: (why) => told.push(`closed: ${why}`),
    ...rest,
  })
  t.teardown(() => session.destroy())
  await until(() => peers.length === 1)
  const [peer] = peers as [FramePeer]
  const sees = (what: string) => until(() => told.includes(what))
  return { session, peer, told, sees }
}

async function readySession(t: Test, parts: Pick<SessionParts, 'timing' | 'resets'> = {}) {
  const started = await startSession(t, parts)
  await started.sees('ready')
  return started
}

/** A budget that nothing comes back to. */
function atMost(count: number) {
  let left = count
  return { take: () => (left -= 1) >= 0 }
}

/** A call that keeps what it is told. */
function keptCall() {
  const told: string[] = []
  const carriage: Carriage = {
    onHead: (list, ends) => told.push(`head ${list[1]} ${ends}`),
    onData: (part) => told.push(`data ${part.length}`),
    onTrailers: (list) => told.push(`trailers ${list.join(' ')}`),
    onBroken: (why) => told.push(`broken: ${why}`),
    onUnprocessed: () => told.push('unprocessed'),
  }
  return { carriage, told, ends: (count: number) => until(() => told.length >= count) }
}

void t.test('a session is ready once the upstream has said what it allows', async (t) => {
  const { session, peer, sees } = await startSession(t, { greet: () => undefined })
  t.equal(session.room, 0)
  peer.send((writer) => writer.settings([[settingId.maxConcurrentStreams, 2]]))
  await sees('ready')
  t.equal(session.room, 2)
  const { carriage } = keptCall()
  session.open(head, [Buffer.from('m')], carriage)
  t.equal(session.room, 1)
  t.equal(session.calls, 1)
  peer.send((writer) => writer.settings([[settingId.maxConcurrentStreams, 9]]))
  await sees('room')
  t.equal(session.room, 8, 'settings may change')
})

void t.test('a call goes up, and its answer comes down', async (t) => {
  const { session, peer, told, sees } = await readySession(t)
  t.notOk(session.wasUsed)
  const call = keptCall()
  session.open(head, [Buffer.from('message')], call.carriage)
  t.ok(session.wasUsed)
  t.equal(session.idleMs(performance.now() + 1000), 0)
  await until(() => peer.hasEnded(1))
  t.equal(Buffer.concat(peer.ofType('data').map(({ payload }) => payload)).toString(), 'message')
  peer.head(1, fine, false)
  peer.send((writer) => writer.data(1, Buffer.from('answer'), false))
  peer.head(1, ['grpc-status', '0'], true)
  await call.ends(3)
  t.same(call.told, ['head 200 false', 'data 6', 'trailers grpc-status 0'])
  await sees('room')
  t.equal(session.calls, 0)
  t.ok(session.idleMs(performance.now() + 1000) >= 1000)
  t.ok(session.ageMs(performance.now()) > 0)
  t.same(told, ['ready', 'room'])
})

void t.test('as much more comes as the caller takes', async (t) => {
  const { session, peer } = await readySession(t)
  const call = keptCall()
  const open = session.open(head, [Buffer.alloc(0)], call.carriage)
  await until(() => peer.hasEnded(1))
  peer.head(1, fine, false)
  peer.send((writer) => {
    for (let sent = 0; sent < 16; sent += 1) writer.data(1, Buffer.alloc(16_384), false)
  })
  await call.ends(17)
  t.notOk(peer.ofType('windowUpdate').some(({ id }) => id === 1))
  open.consume(200_000)
  await until(() => peer.ofType('windowUpdate').some(({ id }) => id === 1))
})

void t.test('a caller who leaves takes the call along', async (t) => {
  const { session, peer, told } = await readySession(t)
  const call = keptCall()
  const open = session.open(head, [Buffer.from('m')], call.carriage)
  open.cancel()
  const [reset] = await peer.saw('reset')
  t.match(reset, { id: 1, payload: Buffer.from([0, 0, 0, 8]) })
  t.same(call.told, [])
  t.same(told, ['ready', 'room'])
})

void t.test('an upstream is sent no more resets than it bears', async (t) => {
  const { session, peer, told, sees } = await readySession(t, { resets: atMost(2) })
  const stays = keptCall()
  session.open(head, [Buffer.from('m')], stays.carriage)
  for (let count = 0; count < 2; count += 1) {
    session.open(head, [Buffer.from('m')], keptCall().carriage).cancel()
  }
  t.equal(session.calls, 1)
  const left = keptCall()
  const open = session.open(head, [Buffer.from('m')], left.carriage)
  await until(() => peer.hasEnded(7))
  peer.head(7, fine, false)
  peer.send((writer) => writer.data(7, Buffer.alloc(16_384), false))
  await left.ends(2)
  open.cancel()
  await sees('retired')
  t.equal(session.room, 0, 'the session has had its time')
  peer.send((writer) => {
    for (let sent = 0; sent < 15; sent += 1) writer.data(7, Buffer.alloc(16_384), false)
  })
  // All that was sent is made room for again, though nobody wants it.
  await until(() => peer.ofType('windowUpdate').some(({ id }) => id === 7))
  t.same(left.told, ['head 200 false', 'data 16384'], 'what is abandoned reaches nobody')
  t.equal(peer.ofType('reset').length, 2)
  t.notOk(told.some((what) => what.startsWith('closed')))
  peer.head(1, [...fine, 'grpc-status', '0'], true)
  await sees('closed: undefined')
  t.same(stays.told, ['head 200 true'], 'who stayed is answered')
  t.equal(peer.ofType('reset').length, 2)
})

void t.test('what is abandoned may end by itself, in any way', async (t) => {
  const { session, peer, told, sees } = await readySession(t, { resets: atMost(0) })
  const stays = keptCall()
  session.open(head, [Buffer.from('m')], stays.carriage)
  const left = [3, 5, 7].map((id) => {
    const call = keptCall()
    return { id, call, open: session.open(head, [Buffer.from('m')], call.carriage) }
  })
  for (const { open } of left) open.cancel()
  await until(() => peer.hasEnded(7))
  peer.head(3, [...fine, 'grpc-status', '0'], true)
  peer.send((writer) => writer.reset(5, 2))
  peer.head(7, fine, false)
  peer.head(7, ['grpc-status', '0'], true)
  await until(() => session.calls === 1)
  for (const { call } of left) t.same(call.told, [])
  peer.send((writer) => writer.goaway(0, 0, 'elsewhere'))
  await sees('closed: undefined')
  t.same(stays.told, ['unprocessed'])
  t.equal(told.filter((what) => what === 'retired').length, 1)
})

void t.test('an answer that is whole before its request ends the request', async (t) => {
  for (const how of ['trailers', 'head', 'data']) {
    const { session, peer } = await readySession(t)
    const call = keptCall()
    // More than the window of 65,535 bytes, which is never widened.
    session.open(head, [Buffer.alloc(100_000)], call.carriage)
    await peer.saw('data', 4)
    if (how === 'head') peer.head(1, [...fine, 'grpc-status', '3'], true)
    else peer.head(1, fine, false)
    if (how === 'data') peer.send((writer) => writer.data(1, Buffer.alloc(1), true))
    if (how === 'trailers') peer.head(1, ['grpc-status', '3'], true)
    await peer.saw('reset')
    t.equal(session.calls, 0, how)
  }
})

void t.test('an answer that ends without a status is broken', async (t) => {
  const { session, peer } = await readySession(t)
  const call = keptCall()
  session.open(head, [Buffer.alloc(0)], call.carriage)
  await until(() => peer.hasEnded(1))
  peer.head(1, fine, false)
  peer.send((writer) => writer.data(1, Buffer.alloc(5), true))
  await call.ends(3)
  t.match(call.told[2], 'broken: the upstream ended an answer without a status')
})

void t.test('a stream that is refused was not looked at, another reset breaks it', async (t) => {
  const { session, peer } = await readySession(t)
  const [refused, broken] = [keptCall(), keptCall()]
  session.open(head, [Buffer.alloc(0)], refused.carriage)
  session.open(head, [Buffer.alloc(0)], broken.carriage)
  await until(() => peer.hasEnded(3))
  peer.send((writer) => {
    writer.reset(1, 7)
    writer.reset(3, 2)
  })
  await Promise.all([refused.ends(1), broken.ends(1)])
  t.same(refused.told, ['unprocessed'])
  t.same(broken.told, ['broken: the stream was reset with code 2'])
})

void t.test('GOAWAY sends away what was not looked at, and lets the rest end', async (t) => {
  const { session, peer, told, sees } = await readySession(t)
  const [kept, sentAway] = [keptCall(), keptCall()]
  session.open(head, [Buffer.alloc(0)], kept.carriage)
  session.open(head, [Buffer.alloc(0)], sentAway.carriage)
  await until(() => peer.hasEnded(3))
  peer.send((writer) => writer.goaway(1, 0, ''))
  await sentAway.ends(1)
  t.same(sentAway.told, ['unprocessed'])
  t.equal(session.room, 0)
  peer.head(1, [...fine, 'grpc-status', '0'], true)
  await kept.ends(1)
  t.same(kept.told, ['head 200 true'])
  await sees('closed: undefined')
  t.same(told, ['ready', 'goaway', 'retired', 'room', 'closed: undefined'])
})

void t.test('a session that is retired hangs up behind its last call', async (t) => {
  const { session, peer, sees } = await readySession(t)
  const call = keptCall()
  const open = session.open(head, [Buffer.alloc(0)], call.carriage)
  session.retire()
  t.equal(session.room, 0)
  await until(() => peer.hasEnded(1))
  open.cancel()
  await sees('closed: undefined')
})

void t.test('a connection that is lost breaks its calls', async (t) => {
  const { session, peer, told, sees } = await readySession(t)
  const call = keptCall()
  session.open(head, [Buffer.alloc(0)], call.carriage)
  await until(() => peer.hasEnded(1))
  peer.socket.destroy()
  await sees('closed: undefined')
  t.same(call.told, ['broken: the upstream hung up'])
  t.same(told, ['ready', 'retired', 'closed: undefined'])
})

void t.test('an upstream that breaks the rules is left', async (t) => {
  const { session, peer, told } = await readySession(t)
  const call = keptCall()
  session.open(head, [Buffer.alloc(0)], call.carriage)
  await until(() => peer.hasEnded(1))
  peer.send((writer) => writer.windowUpdate(0, 0))
  await call.ends(1)
  t.same(call.told, ['broken: WINDOW_UPDATE by nothing'])
  t.same(told, ['ready', 'retired', 'closed: WINDOW_UPDATE by nothing'])
})

void t.test('an upstream that sends no settings is left', async (t) => {
  const silent = { greet: () => undefined, timing: { readyMaxMs: 20, pingIntervalMs: 5 } }
  const { peer, told, sees } = await startSession(t, silent)
  await sees('closed: the upstream sent no settings')
  t.same(told, ['retired', 'closed: the upstream sent no settings'])
  t.same(peer.ofType('ping'), [], 'and is not pinged before')
})

void t.test('an upstream that answers pings stays, one that does not is left', async (t) => {
  const { peer, told } = await readySession(t, {
    timing: { pingIntervalMs: 20, pingTimeoutMs: 60_000 },
  })
  const [ping] = await peer.saw('ping')
  peer.send((writer) => writer.ping(ping?.payload ?? Buffer.alloc(8), true))
  await peer.saw('ping', 3)
  t.same(told, ['ready'])
  const other = await readySession(t, { timing: { pingIntervalMs: 20, pingTimeoutMs: 10 } })
  await other.sees('closed: the upstream does not answer pings')
})
