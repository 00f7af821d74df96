import { connect } from 'node:net'
import t, { type Test } from 'tap'
import type { Session } from '../../src/forward/session.ts'
import { Sessions, type Seeker, type SessionsParts } from '../../src/forward/sessions.ts'
import { settingId } from '../../src/wire/frames/codes.ts'
import { until } from '../support/audit-files.ts'
import { startFramePeers, type FramePeer } from '../support/frame-peer.ts'

const head = [':method', 'POST', ':scheme', 'http', ':path', '/x/Y', ':authority', 'a']
const fine = [':status', '200', 'content-type', 'application/grpc', 'grpc-status', '0']

/** One who opens a call on the session it gets, and keeps what it is told. */
function seeker() {
  const told: string[] = []
  const found: Session[] = []
  const self: Seeker & { told: string[]; found: Session[] } = {
    told,
    found,
    onSession(session) {
      found.push(session)
      session.open(head, [], {
        onHead: () => told.push('answered'),
        onData: () => undefined,
        onTrailers: () => undefined,
        onBroken: (why) => told.push(`broken: ${why}`),
        onUnprocessed: () => told.push('unprocessed'),
      })
    },
    onNoSession: (why) => void told.push(`none: ${why}`),
  }
  return self
}

const allows = (streams: number) => (peer: FramePeer) =>
  peer.send((writer) => writer.settings([[settingId.maxConcurrentStreams, streams]]))

async function start(
  t: Test,
  parts: Partial<SessionsParts> & { greet?: (peer: FramePeer) => void } = {},
) {
  const { peers, open } = await startFramePeers(t, parts.greet)
  const events: string[] = []
  const observe = (event: string) => void events.push(event)
  const sessions = new Sessions({ connect: open, observe, ...parts })
  t.teardown(() => sessions.close())
  const seek = () => {
    const one = seeker()
    sessions.seek(one)
    return one
  }
  const found = async (one = seek()) => {
    await until(() => one.found.length > 0 || one.told.length > 0)
    return one.found[0]
  }
  return { sessions, peers, seek, found, events }
}

/** Ends a call as the upstream does. */
const answer = (peer: FramePeer, id: number) => peer.head(id, fine, true)

void t.test('calls go where few are, on two sessions at least', async (t) => {
  const { found, sessions, peers } = await start(t)
  const first = await found()
  await found()
  await until(() => peers.length === 2)
  await until(async () => (await found()) !== first)
  t.equal(sessions.counts.sessions, 2)
  t.ok(sessions.counts.calls >= 3)
  t.equal(sessions.counts.waiting, 0)
})

void t.test('calls that pile up get more sessions, and share them', async (t) => {
  const { seek, sessions, peers } = await start(t)
  const seekers = Array.from({ length: 200 }, seek)
  await until(() => seekers.every(({ found }) => found.length === 1))
  t.equal(peers.length, 3)
  const used = seekers.map(({ found: [session] }) => session)
  for (const session of new Set(used)) {
    t.ok(used.filter((one) => one === session).length <= 80)
  }
  for (let count = 0; count < 60; count += 1) seek()
  await until(() => sessions.counts.sessions === 4)
})

void t.test('calls beyond what the upstream allows get sessions of their own', async (t) => {
  const { seek, peers } = await start(t, { greet: allows(2) })
  const seekers = Array.from({ length: 7 }, seek)
  await until(() => seekers.every(({ found }) => found.length === 1))
  t.equal(peers.length, 4)
})

void t.test(
  'a call that waits has its turn when another ends, or when more are allowed',
  async (t) => {
    const { promise: never } = Promise.withResolvers<never>()
    let connections = 0
    const stand = await startFramePeers(t, allows(1))
    const sessions = new Sessions({
      connect: () => (connections++ === 0 ? stand.open() : never),
    })
    t.teardown(() => sessions.close())
    const [first, second, third] = [seeker(), seeker(), seeker()]
    for (const each of [first, second, third]) sessions.seek(each)
    await until(() => first.found.length === 1)
    const [peer] = stand.peers as [FramePeer]
    await until(() => peer.hasEnded(1))
    t.equal(sessions.counts.waiting, 2)
    answer(peer, 1)
    await until(() => second.found.length === 1)
    allows(2)(peer)
    await until(() => third.found.length === 1)
    t.equal(sessions.counts.waiting, 0)
  },
)

void t.test('an upstream that allows no calls is not asked to on many connections', async (t) => {
  const { seek, peers, sessions } = await start(t, { greet: allows(0) })
  const [one] = [seek(), seek()]
  await until(() => peers[0]?.ofType('settings').length === 2)
  seek()
  t.equal(peers.length, 1)
  if (one) sessions.forget(one)
  t.equal(sessions.counts.waiting, 2)
  allows(9)(peers[0] as FramePeer)
  await until(() => sessions.counts.waiting === 0)
  t.same(one?.found, [], 'one who was forgotten is not told')
})

void t.test('a call that waits outlives the session whose room it waits for', async (t) => {
  for (const how of ['goaway', 'cut'] as const) {
    const { seek, peers, found } = await start(t, { greet: allows(1) })
    await found()
    await found()
    const waiting = seek()
    for (const peer of peers.slice(0, 2)) {
      if (how === 'cut') peer.socket.destroy()
      else peer.send((writer) => writer.goaway(1, 0, ''))
    }
    await found(waiting)
    t.same(waiting.told, [], how)
  }
})

void t.test(
  'without an upstream a call is refused, and one that comes back is found',
  async (t) => {
    let isAway = true
    const stand = await startFramePeers(t)
    const sessions = new Sessions({
      connect: () => (isAway ? Promise.reject(new Error('ECONNREFUSED')) : stand.open()),
      timing: { backoffMinMs: 500, backoffMaxMs: 500 },
    })
    t.teardown(() => sessions.close())
    const refused = [seeker(), seeker()]
    for (const each of refused) sessions.seek(each)
    await until(() => refused.every(({ told }) => told.length === 1))
    t.same(refused[0]?.told, ['none: ECONNREFUSED'])
    const atOnce = seeker()
    sessions.seek(atOnce)
    t.same(atOnce.told, ['none: ECONNREFUSED'], 'it is not tried again at once')
    isAway = false
    let last = seeker()
    await until(() => {
      if (last.told.length > 0) last = seeker()
      if (last.found.length === 0) sessions.seek(last)
      return last.found.length > 0
    })
    t.equal(stand.peers.length, 1)
  },
)

void t.test(
  'calls that wait for room are not refused because one more connection fails',
  async (t) => {
    let count = 0
    const stand = await startFramePeers(t, allows(1))
    const sessions = new Sessions({
      connect: () =>
        [1, 2].includes(count++) ? Promise.reject(new Error('ECONNREFUSED')) : stand.open(),
      timing: { backoffMinMs: 5 },
    })
    t.teardown(() => sessions.close())
    const [first, second] = [seeker(), seeker()]
    sessions.seek(first)
    await until(() => first.found.length === 1)
    sessions.seek(second)
    await until(() => second.found.length === 1)
    t.same(second.told, [])
    t.equal(count, 4, 'it was tried again by itself')
  },
)

void t.test('sessions that end before they were of use are failures', async (t) => {
  const greet = (peer: FramePeer) => {
    allows(0)(peer)
    peer.socket.end()
  }
  const { seek, events } = await start(t, { greet })
  const one = seek()
  await until(() => one.told.length > 0)
  t.match(one.told, [/none: the upstream hung up before it took a call/])
  t.ok(events.includes('connect_failed'))
  const { seek: seekSilent } = await start(t, {
    greet: (peer) => peer.socket.destroy(),
  })
  const other = seekSilent()
  await until(() => other.told.length > 0)
  t.match(other.told, [/none: /])
})

void t.test('a socket that is gone by the time it comes is a failure', async (t) => {
  const sessions = new Sessions({
    connect: async () =>
      connect({ port: 1, host: '127.0.0.1' })
        .on('error', () => undefined)
        .destroy(),
  })
  t.teardown(() => sessions.close())
  const one = seeker()
  sessions.seek(one)
  await until(() => one.told.length > 0)
  t.same(one.told, ['none: the upstream hung up'])
})

void t.test('an old session makes room for another, and its calls end first', async (t) => {
  const { found, peers, seek, events } = await start(t, {
    timing: { ageMaxMs: 30, sweepIntervalMs: 10 },
  })
  const old = (await found()) as Session
  const [peer] = peers as [FramePeer]
  await until(() => old.room === 0)
  t.equal(old.calls, 1, 'its long poll stays')
  t.notOk(peer.isClosed)
  t.not(await found(seek()), old)
  answer(peer, 1)
  await peer.closed()
  await until(() => events.includes('closed'))
})

void t.test('an old session without calls is closed even if it is the only one', async (t) => {
  const { found, peers, sessions } = await start(t, {
    timing: { ageMaxMs: 200, sweepIntervalMs: 10 },
  })
  await found()
  const [peer] = peers as [FramePeer]
  await until(() => peer.hasEnded(1))
  answer(peer, 1)
  await until(() => sessions.counts.sessions === 0)
  await peer.closed()
})

void t.test('a session that is one too many and idle is closed', async (t) => {
  const { seek, peers, sessions } = await start(t, {
    greet: allows(1),
    timing: { idleMaxMs: 20, sweepIntervalMs: 10 },
  })
  const seekers = Array.from({ length: 3 }, seek)
  await until(() => seekers.every(({ found }) => found.length === 1))
  t.equal(peers.length, 3)
  await until(() => peers.every((peer) => peer.hasEnded(1)))
  for (const peer of peers) answer(peer, 1)
  await until(() => sessions.counts.sessions === 2)
  t.equal(peers.filter(({ isClosed }) => isClosed).length, 1)
})

void t.test('closing ends every connection, old ones too, and tells those who wait', async (t) => {
  const { seek, found, peers, sessions } = await start(t, { greet: allows(1) })
  const one = seek()
  await found(one)
  one.found[0]?.retire()
  await found()
  const waiting = seek()
  sessions.close()
  await until(() => peers.every(({ isClosed }) => isClosed))
  t.match(waiting.told.concat(waiting.found.length > 0 ? ['none: '] : []), [/none: |broken: /])
  const late = seek()
  t.same(late.told, ['none: the upstream is not used any more'])
  await until(() => one.told.length > 0)
  t.match(one.told, [/broken: /])
})

void t.test('a connection that comes after the end is closed', async (t) => {
  const stand = await startFramePeers(t)
  const { promise: allowed, resolve: allow } = Promise.withResolvers<void>()
  const sessions = new Sessions({ connect: () => allowed.then(stand.open) })
  const one = seeker()
  sessions.seek(one)
  sessions.close()
  t.same(one.told, ['none: the upstream is not used any more'])
  allow()
  await until(() => stand.peers.length === 1)
  await stand.peers[0]?.closed()
  t.equal(one.told.length, 1)
})

void t.test('a call waits out a session or two that were sent away unused', async (t) => {
  let count = 0
  const greet = (peer: FramePeer) => {
    count += 1
    allows(count > 2 ? 10 : 0)(peer)
    if (count <= 2) peer.socket.end()
  }
  const { seek } = await start(t, { greet })
  const one = seek()
  await until(() => one.found.length === 1)
  t.same(one.told, [], 'it was not refused in between')
})

void t.test(
  'a session that had its calls and goes leaves the next call a way, though an unused one went just before',
  async (t) => {
    const { seek, found, peers, events } = await start(t, { timing: { backoffMinMs: 60_000 } })
    await found()
    await found()
    await until(() => peers.length === 2)
    const [used, unused] = peers as [FramePeer, FramePeer]
    unused.send((writer) => writer.goaway(0, 0, ''))
    await until(() => events.includes('connect_failed'))
    used.send((writer) => writer.goaway(3, 0, ''))
    await until(() => events.filter((event) => event === 'goaway').length === 2)
    const next = seek()
    await until(() => next.found.length === 1 || next.told.length > 0)
    t.same(next.told, [])
    t.equal(next.found.length, 1)
  },
)
