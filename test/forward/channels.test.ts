import { credentials, Metadata } from '@grpc/grpc-js'
import { once } from 'node:events'
import type { ServerHttp2Stream } from 'node:http2'
import t, { type Test } from 'tap'
import { createChannels, type Channels, type Lease } from '../../src/forward/channels.ts'
import { until } from '../support/audit-files.ts'
import { makeAuthority } from '../support/authority.ts'
import { startUpstream } from '../support/upstream.ts'
import { answerOk, startHttp2Upstream } from '../support/http2-upstream.ts'

const asIs = (bytes: Buffer) => bytes

/** Makes a call on a lease; resolves with its status. */
function callOn({ client }: Lease): Promise<number> {
  return new Promise((resolve) => {
    const deadline = Date.now() + 20_000
    const none = Buffer.alloc(0)
    client
      .makeUnaryRequest('/x/Y', asIs, asIs, none, new Metadata(), { deadline }, () => undefined)
      .on('status', ({ code }) => resolve(code))
  })
}

async function callThrough(channels: Channels, isPoll: boolean): Promise<number> {
  const lease = channels.lease(isPoll)
  return callOn(lease).finally(lease.release)
}

function open(t: Test, address: string): Channels {
  const channels = createChannels({ address, credentials: credentials.createInsecure() })
  t.teardown(channels.close)
  return channels
}

void t.test('calls go where few are, and polls do not share with others', async (t) => {
  const channels = open(t, '127.0.0.1:1')
  const clientOf = (isPoll: boolean) => channels.lease(isPoll).client
  const polls = new Set([clientOf(true), clientOf(true), clientOf(true)])
  const others = new Set([clientOf(false), clientOf(false), clientOf(false)])
  t.equal(polls.size, 2)
  t.equal(others.size, 2)
  t.notOk([...polls].some((client) => others.has(client)))
})

void t.test(
  'a connection that is full gets company, and one that is idle again is used again',
  async (t) => {
    const channels = open(t, '127.0.0.1:1')
    const leases = Array.from({ length: 160 }, () => channels.lease(false))
    const first = new Set(leases.map(({ client }) => client))
    t.equal(first.size, 2, 'two carry 80 calls each')
    const { client: third } = channels.lease(false)
    t.notOk(first.has(third))
    for (const lease of leases) lease.release()
    const again = new Set(Array.from({ length: 160 }, () => channels.lease(false).client))
    t.ok([...first].every((client) => again.has(client)))
    t.equal(new Set([...again, ...first, third]).size, 3, 'no further one is opened')
  },
)

void t.test('each connection is one of its own', async (t) => {
  const upstream = await startUpstream(() => ({ message: Buffer.alloc(0) }))
  t.teardown(upstream.close)
  const channels = open(t, upstream.address)
  const leases = [true, true, false, false].map((isPoll) => channels.lease(isPoll))
  t.same(await Promise.all(leases.map(callOn)), [0, 0, 0, 0])
  t.equal(upstream.connections(), 4)
})

void t.test('an upstream that says goodbye all the time loses no call', async (t) => {
  const upstream = await startUpstream(() => ({ message: Buffer.alloc(0) }))
  t.teardown(upstream.close)
  const channels = open(t, upstream.address)
  const statuses: number[] = []
  const callAgain = async () => {
    while (statuses.length < 2_000) {
      statuses.push(await callThrough(channels, false))
      if (statuses.length % 200 === 0) upstream.goAway()
    }
  }
  await Promise.all(Array.from({ length: 20 }, callAgain))
  t.same(new Set(statuses), new Set([0]))
  t.ok(upstream.connections() > 6, `${upstream.connections()} connections`)
})

void t.test('a call that is under way ends well after a goodbye', async (t) => {
  const { promise: allowed, resolve: allow } = Promise.withResolvers<void>()
  const upstream = await startUpstream(async ({ path }) => {
    if (upstream.calls.length === 1) await allowed
    return { message: Buffer.from(path) }
  })
  t.teardown(upstream.close)
  const channels = open(t, upstream.address)
  const poll = callThrough(channels, true)
  await until(() => upstream.calls.length === 1)
  upstream.goAway()
  t.equal(await callThrough(channels, true), 0)
  allow()
  t.equal(await poll, 0)
})

void t.test('an upstream that comes back is found again', async (t) => {
  const upstream = await startUpstream(() => ({ message: Buffer.alloc(0) }))
  t.teardown(upstream.close)
  const channels = open(t, upstream.address)
  t.equal(await callThrough(channels, false), 0)
  upstream.cut()
  await until(async () => (await callThrough(channels, false)) === 0)
  t.pass()
})

void t.test(
  'polls beyond the streams that the upstream allows do not hold up another call',
  async (t) => {
    const polls: ServerHttp2Stream[] = []
    const onStream = (stream: ServerHttp2Stream) =>
      isPolling ? polls.push(stream) : answerOk(stream)
    const plain = { settings: { maxConcurrentStreams: 10 } }
    const upstream = await startHttp2Upstream(t, { plain }, onStream)
    const channels = open(t, upstream.address)
    let isPolling = true
    const ended = Array.from({ length: 100 }, () => callThrough(channels, true))
    await until(() => polls.length >= 20)
    isPolling = false
    t.equal(await callThrough(channels, false), 0)
    isPolling = true
    t.equal(polls.length, 20, 'the others wait for their turn')
    isPolling = false
    for (const poll of polls) answerOk(poll)
    t.same(new Set(await Promise.all(ended)), new Set([0]), 'and all have it in the end')
  },
)

void t.test('the certificate must be for the name that is given', async (t) => {
  const authority = await makeAuthority()
  const upstream = await startHttp2Upstream(
    t,
    { tls: await authority.sign('frontend.internal') },
    answerOk,
  )
  const ssl = () => credentials.createSsl(Buffer.from(authority.cert))
  const named = (serverName: string) => {
    const channels = createChannels({ address: upstream.address, credentials: ssl(), serverName })
    t.teardown(channels.close)
    return channels
  }
  t.equal(await callThrough(named('frontend.internal'), false), 0)
  t.equal(await callThrough(named('other.internal'), false), 14)
})

void t.test('closing ends the connections', async (t) => {
  const upstream = await startHttp2Upstream(t, {}, answerOk)
  const channels = open(t, upstream.address)
  await Promise.all([callThrough(channels, true), callThrough(channels, false)])
  const closed = [...upstream.sessions].map((session) => once(session, 'close'))
  channels.close()
  t.equal((await Promise.all(closed)).length, 2)
})
