import { sensitiveHeaders, type ServerHttp2Stream } from 'node:http2'
import t, { type Test } from 'tap'
import type { Answer } from '../../src/core/answer.ts'
import type { Call, Metadata } from '../../src/core/call.ts'
import { isRefusal } from '../../src/core/refusal.ts'
import { connect, type Socket } from 'node:net'
import { Deadlines } from '../../src/forward/deadlines.ts'
import { createForward, type Forward, type ForwardParts } from '../../src/forward/forward.ts'
import { Sessions, type Seeker } from '../../src/forward/sessions.ts'
import { until } from '../support/audit-files.ts'
import { callOf, grantOf } from '../support/granted-call.ts'
import { recordAnswer } from '../support/recorded-answer.ts'
import { startHttp2Upstream } from '../support/http2-upstream.ts'
import { startUpstream, type ScriptedAnswer, type SeenCall } from '../support/upstream.ts'

const none = { metadata: () => [] }

/** Connects; whoever asked listens for errors only once it has the socket. */
function open(address: string): Promise<Socket> {
  const [host = '', port] = address.split(':')
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), host)
    socket.on('error', reject)
    socket.once('connect', () => resolve(socket))
  })
}

function forwardTo(t: Test, address: string, others: Partial<ForwardParts> = {}): Forward {
  const sessions = () => new Sessions({ connect: () => open(address) })
  const pools = { polls: sessions(), others: sessions() }
  const deadlines = new Deadlines(Date.now)
  t.teardown(() => {
    pools.polls.close()
    pools.others.close()
    deadlines.close()
  })
  return createForward({
    sessions: pools,
    deadlines,
    credential: none,
    scheme: 'http',
    authority: 'frontend.internal',
    now: Date.now,
    ...others,
  })
}

async function startScripted(
  t: Test,
  answer: ScriptedAnswer | ((call: SeenCall) => ScriptedAnswer | Promise<ScriptedAnswer>),
) {
  const upstream = await startUpstream(typeof answer === 'function' ? answer : () => answer)
  t.teardown(upstream.close)
  return { upstream, forward: forwardTo(t, upstream.address) }
}

const withoutFraming = (pairs: Metadata) =>
  pairs.filter(
    ([name]) => ![':status', 'content-type', 'date', 'grpc-status', 'grpc-message'].includes(name),
  )

/** Forwards a call with its own grant, and tells everything that came of it. */
async function send(forward: Forward, call: Call = callOf('StartWorkflowExecution')) {
  const { answer, sent } = recordAnswer()
  return { outcome: await forward(call, grantOf(call), answer), sent }
}

void t.test('a grant is good for its own call only', async (t) => {
  const { upstream, forward } = await startScripted(t, {})
  const granted = grantOf(callOf('StartWorkflowExecution'))
  const { answer } = recordAnswer()
  t.throws(() => forward(callOf('StartWorkflowExecution'), granted, answer), /another call/)
  t.equal(upstream.bytesReceived(), 0)
})

void t.test('the bytes go up and down as they are, and the metadata with them', async (t) => {
  const bytes = Buffer.from([0, 255, 1, 128])
  const { upstream, forward } = await startScripted(t, {
    headers: { 'x-head': ['one', 'two'], 'x-head-bin': 'AP8' },
    message: bytes,
    trailers: { 'x-last': 'word', 'x-last-bin': ['AQI', 'AwQ'] },
  })
  const call = callOf('StartWorkflowExecution', {
    // A view into something larger, of which only this part may go.
    message: new Uint8Array(Buffer.concat([Buffer.from('<'), bytes, Buffer.from('>')])).subarray(
      1,
      5,
    ),
    metadata: [
      ['client-name', 'temporal-go'],
      ['x-many', 'one'],
      ['x-many', 'two'],
      ['x-some-bin', 'AP8='],
    ],
  })
  const { outcome, sent } = await send(forward, call)
  t.same(outcome, { result: 'completed', grpcStatus: 0, bytes: 4 })
  t.same(sent.message, bytes)
  t.same(withoutFraming(sent.metadata ?? []), [
    ['x-head', 'one'],
    ['x-head', 'two'],
    ['x-head-bin', 'AP8'],
  ])
  t.same(withoutFraming(sent.statuses[0]?.trailers ?? []), [
    ['x-last', 'word'],
    ['x-last-bin', 'AQI'],
    ['x-last-bin', 'AwQ'],
  ])
  t.match(sent.statuses, [{ code: 0, words: '' }])
  const [seen] = upstream.calls
  t.same(seen?.message, bytes)
  t.match(seen, { path: call.method.path, headers: { 'x-many': 'one, two', 'x-some-bin': 'AP8=' } })
  t.equal(seen?.headers['grpc-timeout'], undefined, 'no deadline was given')
})

void t.test('what the credential presents goes with the call', async (t) => {
  const upstream = await startUpstream(() => ({ message: Buffer.alloc(0) }))
  t.teardown(upstream.close)
  const credential = { ...none, metadata: () => [['authorization', 'Bearer key']] as never }
  await send(forwardTo(t, upstream.address, { credential }))
  t.match(upstream.calls, [{ headers: { authorization: 'Bearer key' } }])
})

for (const [where, message] of [
  ['alone', undefined],
  ['after headers', Buffer.alloc(0)],
] as const) {
  for (const [code, words] of [
    [5, 'workflow not found for ID: ledger-7'],
    [14, 'shard status unknown'],
    [4, 'the upstream ran out of time'],
  ] as const) {
    void t.test(
      `the upstream's status ${code} ${where} is passed on with its words and details`,
      async (t) => {
        const { forward } = await startScripted(t, {
          status: code,
          words,
          ...(message && { message }),
          trailers: {
            'grpc-status-details-bin': 'CAUSA2FiYw',
            ...(code === 4 && { 'content-type': 'application/grpc' }),
          },
        })
        const { outcome, sent } = await send(forward)
        t.match(outcome, { result: 'failed', grpcStatus: code })
        t.match(sent.statuses, [{ code, words }])
        t.same(withoutFraming(sent.statuses[0]?.trailers ?? []), [
          ['grpc-status-details-bin', 'CAUSA2FiYw'],
        ])
        t.same(sent.message, message, 'what came before it is passed on, too')
      },
    )
  }
}

void t.test(
  'an answer that claims to be fine and has no message is passed on as it is',
  async (t) => {
    const { forward } = await startScripted(t, { status: 0 })
    const { outcome, sent } = await send(forward)
    t.same(outcome, { result: 'completed', grpcStatus: 0, bytes: 0 })
    t.equal(sent.message, undefined)
  },
)

void t.test('an answer of 16 MiB comes through', async (t) => {
  const message = Buffer.alloc(16 * 1024 * 1024, 'history')
  const { forward } = await startScripted(t, { message })
  const { outcome, sent } = await send(forward)
  t.match(outcome, { result: 'completed', bytes: message.length })
  t.ok(message.equals(sent.message ?? new Uint8Array()))
})

void t.test(
  'an upstream that cannot be reached is a refusal, and the caller was told nothing',
  async (t) => {
    const { outcome, sent } = await send(forwardTo(t, '127.0.0.1:1'))
    t.ok(isRefusal(outcome) && outcome.code === 'upstream_unavailable')
    t.match(outcome, { detail: /ECONNREFUSED/ }, 'the detail says what is wrong')
    t.same(sent.statuses, [])
  },
)

void t.test('a connection that is cut before the answer is a refusal', async (t) => {
  const { upstream, forward } = await startScripted(t, () => {
    upstream.cut()
    return {}
  })
  t.match((await send(forward)).outcome, { refused: true, code: 'upstream_unavailable' })
})

void t.test('a connection that is cut in the middle of the answer is a refusal too', async (t) => {
  const { address, sessions } = await startHttp2Upstream(t, {}, (stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' })
    stream.write(Buffer.alloc(3), () => sessions.forEach((session) => session.destroy()))
  })
  const { outcome, sent } = await send(forwardTo(t, address))
  t.match(outcome, { refused: true, code: 'upstream_unavailable' })
  t.same(sent.statuses, [], 'the words of the refusal go to the caller, and nothing else')
})

void t.test('a stream that ends without a status is no internal error of ours', async (t) => {
  const { address } = await startHttp2Upstream(t, {}, (stream) => stream.close(0))
  const { outcome, sent } = await send(forwardTo(t, address))
  t.match(outcome, { refused: true, code: 'upstream_unavailable' })
  t.same(sent.statuses, [])
})

void t.test(
  'a page of a load balancer in between is a refusal that a caller may repeat',
  async (t) => {
    const { address } = await startHttp2Upstream(t, {}, (stream) => {
      stream.respond({ ':status': 503, 'content-type': 'text/html' })
      stream.end('<html>')
    })
    const { outcome, sent } = await send(forwardTo(t, address))
    t.match(outcome, { code: 'upstream_unavailable', detail: /HTTP status 503 and text.html/ })
    t.same(sent.statuses, [], 'whose words are ours')
  },
)

/** Holds every call until the caller is gone. */
async function startPatient(t: Test) {
  const held: ServerHttp2Stream[] = []
  let ended = 0
  const { address } = await startHttp2Upstream(t, {}, (stream, headers) => {
    held.push(stream)
    stream.on('close', () => ended++)
    if (headers['x-answer'] === 'begin') {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' })
    }
  })
  return { address, held, ended: () => ended }
}

void t.test('a caller who leaves takes the call along', async (t) => {
  const upstream = await startPatient(t)
  const forward = forwardTo(t, upstream.address)
  const call = callOf('PollWorkflowTaskQueue')
  const { answer, leave } = recordAnswer()
  const forwarded = forward(call, grantOf(call), answer)
  await until(() => upstream.held.length === 1)
  leave()
  t.match(await forwarded, { result: 'cancelled', grpcStatus: 1, bytes: 0 })
  await until(() => upstream.ended() === 1)
})

void t.test('a caller who has left already never gets the upstream to work', async (t) => {
  const upstream = await startPatient(t)
  const forward = forwardTo(t, upstream.address)
  const call = callOf('PollWorkflowTaskQueue')
  const { answer } = recordAnswer()
  const gone: Answer = { ...answer, watch: (watcher) => watcher.onGone() }
  t.match(await forward(call, grantOf(call), gone), { result: 'cancelled', grpcStatus: 1 })
  t.equal(upstream.held.length, 0)
})

for (const begins of [false, true]) {
  const when = begins ? 'after the answer has begun' : 'before any answer'
  void t.test(`the deadline is passed on, and enforced ${when}`, async (t) => {
    const upstream = await startPatient(t)
    const call = callOf('DescribeNamespace', {
      deadline: Date.now() + 150,
      metadata: begins ? [['x-answer', 'begin']] : [],
    })
    const { outcome, sent } = await send(forwardTo(t, upstream.address), call)
    t.match(outcome, { result: 'cancelled', grpcStatus: 4 })
    t.match(sent.statuses, [{ code: 4, words: 'the deadline of the call has passed' }])
    t.notMatch(JSON.stringify(sent), upstream.address.split(':')[1] ?? '-')
    await until(() => upstream.ended() === 1)
  })
}

void t.test('the upstream is told how long the caller waits', async (t) => {
  const { upstream, forward } = await startScripted(t, { message: Buffer.alloc(0) })
  await send(forward, callOf('DescribeNamespace', { deadline: Date.now() + 60_000 }))
  t.match(upstream.calls[0]?.headers['grpc-timeout'], /^(5\d{4}|60000)m$/)
})

void t.test('a deadline that has passed already is one', async (t) => {
  const { upstream, forward } = await startScripted(t, {})
  const { outcome } = await send(forward, callOf('DescribeNamespace', { deadline: Date.now() - 1 }))
  t.match(outcome, { result: 'cancelled', grpcStatus: 4 })
  t.equal(upstream.calls.length, 0)
})

void t.test('polls and other calls do not share connections', async (t) => {
  const sought: string[] = []
  const pool = (name: string) => ({
    seek: (seeker: Seeker) => {
      sought.push(name)
      seeker.onNoSession('none')
    },
    forget: () => undefined,
  })
  const sessions = { polls: pool('polls'), others: pool('others') }
  const forward = forwardTo(t, '127.0.0.1:1', { sessions })
  for (const name of [
    'PollActivityTaskQueue',
    'GetWorkflowExecutionHistory',
    'DescribeNamespace',
  ]) {
    await send(forward, callOf(name))
  }
  t.same(sought, ['polls', 'polls', 'others'])
})

for (const [leftMs, told] of [
  [0.2, '1m'],
  [99_999_999, '99999999m'],
  [100_000_000, '100000S'],
  [1e15, '99999999S'],
] as const) {
  void t.test(`a caller who waits ${leftMs} ms more waits ${told}`, async (t) => {
    const upstream = await startUpstream(() => ({ message: Buffer.alloc(0) }))
    t.teardown(upstream.close)
    const forward = forwardTo(t, upstream.address, {
      now: () => 0,
      deadlines: new Deadlines(() => 0),
    })
    await send(forward, callOf('DescribeNamespace', { deadline: leftMs }))
    t.equal(upstream.calls[0]?.headers['grpc-timeout'], told)
  })
}

void t.test('metadata that no table may hold reaches the upstream as that', async (t) => {
  const { upstream, forward } = await startScripted(t, { message: Buffer.alloc(0) })
  const credential = { metadata: (): Metadata => [['x-own', 'v', true]] }
  const own = forwardTo(t, upstream.address, { credential })
  const call = callOf('StartWorkflowExecution', {
    metadata: [
      ['x-key', 'k', true],
      ['x-other', 'o'],
    ],
  })
  await send(forward, call)
  await send(own, call)
  t.same(
    upstream.calls.map(({ headers }) => Reflect.get(headers, sensitiveHeaders)),
    [['x-key'], ['x-key', 'x-own']],
  )
})
