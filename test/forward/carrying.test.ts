import t, { type Test } from 'tap'
import { isRefusal } from '../../src/core/refusal.ts'
import { carry, type Cargo, type CarryingParts } from '../../src/forward/carrying.ts'
import { Deadlines } from '../../src/forward/deadlines.ts'
import type { Carriage, Session } from '../../src/forward/session.ts'
import type { Seeker } from '../../src/forward/sessions.ts'
import { markNeverIndexed } from '../../src/wire/field-list.ts'
import { until } from '../support/audit-files.ts'
import { recordAnswer } from '../support/recorded-answer.ts'

const fine = [':status', '200', 'content-type', 'application/grpc']

/** A call that is carried by sessions which a test plays. */
function carried(
  t: Test,
  parts: Partial<CarryingParts & Cargo> & { readonly takesBytes?: boolean } = {},
) {
  const kept = recordAnswer(parts.takesBytes === undefined ? {} : { takesBytes: parts.takesBytes })
  const deadlines = new Deadlines(Date.now)
  t.teardown(() => deadlines.close())
  const seekers: Seeker[] = []
  const told: string[] = []
  const carriages: Carriage[] = []
  const session = {
    open: (list: readonly string[], message: readonly Buffer[], carriage: Carriage) => {
      told.push(`open ${list.join(' ')} ${Buffer.concat(message).length}`)
      carriages.push(carriage)
      return {
        consume: (bytes: number) => told.push(`consume ${bytes}`),
        cancel: () => told.push('cancel'),
      }
    },
  } as unknown as Session
  const shared = {
    sessions: {
      seek: (seeker: Seeker) => void seekers.push(seeker),
      forget: () => void told.push('forget'),
    },
    deadlines,
    now: Date.now,
    ...parts,
  }
  const cargo = {
    answer: kept.answer,
    deadline: undefined,
    head: ['x-call', '1'],
    message: [Buffer.alloc(7)],
    ...parts,
  }
  const forwarded = carry(shared, cargo)
  /** Finds the call its session, and gives what the session tells it through. */
  const open = () => {
    seekers.at(-1)?.onSession(session)
    return carriages.at(-1) as Carriage
  }
  return { ...kept, forwarded, seekers, told, open }
}

void t.test('an answer is handed on as it comes, and as fast as it is taken', async (t) => {
  const { forwarded, sent, told, open, take } = carried(t, { takesBytes: false })
  const carriage = open()
  carriage.onHead([...fine, 'x-head', 'a'], false)
  carriage.onData(Buffer.from('\0\0\0\0\x02'))
  carriage.onData(Buffer.from('ok'))
  take(4)
  carriage.onTrailers(['grpc-status', '0', 'grpc-message', 'all%20well', 'x-last', 'b'])
  t.same(await forwarded, { result: 'completed', grpcStatus: 0, bytes: 2 })
  t.match(sent, { message: Buffer.from('ok'), metadata: [[], [], ['x-head', 'a']] })
  t.match(sent.statuses, [{ code: 0, words: 'all well', trailers: [[], [], ['x-last', 'b']] }])
  t.same(told, ['open x-call 1 7', 'consume 4', 'forget'])
})

void t.test('a status alone is an answer', async (t) => {
  const { forwarded, sent, open } = carried(t)
  open().onHead([...fine, 'grpc-status', '5'], true)
  t.same(await forwarded, { result: 'failed', grpcStatus: 5, bytes: 0 })
  t.match(sent.statuses, [{ code: 5, words: '' }])
})

const wrong: Readonly<Record<string, readonly [list: readonly string[], detail: RegExp]>> = {
  'an HTTP error': [[':status', '503', 'content-type', 'text/html'], /503 and text\/html/],
  'an HTTP error that says gRPC': [[':status', '502', 'content-type', 'application/grpc'], /502/],
  'another type': [[':status', '200', 'content-type', 'application/grpc-web'], /grpc-web/],
  'no status': [['content-type', 'application/grpc'], /HTTP status {2}and/],
  'no type': [[':status', '200'], /no content type/],
  'a compressed answer': [[...fine, 'grpc-encoding', 'gzip'], /compressed/],
}

for (const [name, [list, detail]] of Object.entries(wrong)) {
  void t.test(`${name} is refused, and its rest is not wanted`, async (t) => {
    const { forwarded, sent, told, open } = carried(t)
    open().onHead(list, false)
    t.match(await forwarded, { code: 'upstream_unavailable', detail })
    t.ok(told.includes('cancel'))
    t.equal(sent.message, undefined)
    t.same(sent.statuses, [])
  })
}

for (const type of ['application/grpc+proto', 'application/grpc;charset=x']) {
  void t.test(`${type} is gRPC`, async (t) => {
    const { forwarded, open } = carried(t)
    open().onHead([':status', '200', 'content-type', type, 'grpc-status', '0'], true)
    t.match(await forwarded, { result: 'completed' })
  })
}

for (const trailers of [[], ['grpc-status', ''], ['grpc-status', '-1'], ['grpc-status', '0x1']]) {
  void t.test(`trailers that say "${trailers.join(' ')}" are no status`, async (t) => {
    const { forwarded, sent, open } = carried(t)
    const carriage = open()
    carriage.onHead(fine, false)
    carriage.onTrailers(trailers)
    t.match(await forwarded, {
      code: 'upstream_unavailable',
      detail: 'the upstream sent no status',
    })
    t.same(sent.statuses, [])
  })
}

void t.test('a call that was not looked at goes another way, a few times', async (t) => {
  const at = Date.now()
  let clock = at
  const now = () => (clock += 1_000)
  const { forwarded, told, open, seekers } = carried(t, { now, deadline: at + 60_000 })
  for (let count = 0; count < 4; count += 1) open().onUnprocessed()
  t.match(await forwarded, { code: 'upstream_unavailable', detail: /again and again/ })
  t.equal(seekers.length, 4)
  t.same(
    told.slice(0, 2),
    ['open x-call 1 grpc-timeout 58000m 7', 'open x-call 1 grpc-timeout 57000m 7'],
    'and is told how long is left then',
  )
})

for (const [leftMs, told] of [
  [0.25, '1m'],
  [99_999_999, '99999999m'],
  [100_000_000, '100000S'],
  [1e15, '99999999S'],
] as const) {
  void t.test(`the upstream is told ${told} where ${leftMs} ms are left`, async (t) => {
    const { told: seen, open } = carried(t, { now: () => 0, deadline: leftMs })
    open().onUnprocessed()
    t.equal(seen[0], `open x-call 1 grpc-timeout ${told} 7`)
  })
}

void t.test('an answer that has begun is never begun again', async (t) => {
  const { forwarded, open, seekers } = carried(t)
  const carriage = open()
  carriage.onHead(fine, false)
  carriage.onData(Buffer.alloc(3))
  carriage.onUnprocessed()
  t.match(await forwarded, { code: 'upstream_unavailable', detail: /had answered/ })
  t.equal(seekers.length, 1)
})

void t.test('what is broken, or finds no session, is refused', async (t) => {
  const broken = carried(t)
  broken.open().onBroken('the upstream hung up')
  t.match(await broken.forwarded, { detail: 'the upstream hung up' })
  const none = carried(t)
  none.seekers[0]?.onNoSession('ECONNREFUSED')
  const forwarded = await none.forwarded
  t.ok(isRefusal(forwarded) && forwarded.detail === 'ECONNREFUSED')
})

void t.test('a caller who leaves ends the call, wherever it is', async (t) => {
  const waiting = carried(t)
  waiting.leave()
  t.match(await waiting.forwarded, { result: 'cancelled', grpcStatus: 1, bytes: 0 })
  t.same(waiting.told, ['forget'], 'it is not waited for any more')
  const underWay = carried(t)
  const carriage = underWay.open()
  carriage.onHead(fine, false)
  carriage.onData(Buffer.alloc(9))
  underWay.leave()
  underWay.leave()
  t.match(await underWay.forwarded, { result: 'cancelled', bytes: 4 })
  t.same(
    underWay.told.filter((word) => word === 'cancel'),
    ['cancel'],
  )
  t.match(underWay.sent.statuses, [{ code: 1, words: '' }])
})

void t.test('a deadline ends a call that waits for a session', async (t) => {
  const { forwarded, told, sent } = carried(t, { deadline: Date.now() + 20 })
  await until(() => sent.statuses.length > 0)
  t.match(await forwarded, { result: 'cancelled', grpcStatus: 4 })
  t.same(told, ['forget'])
  t.match(sent.statuses, [{ code: 4, words: 'the deadline of the call has passed' }])
})

void t.test('a deadline that has passed, and a caller who is gone, seek no session', async (t) => {
  const late = carried(t, { deadline: Date.now() - 1 })
  t.match(await late.forwarded, { grpcStatus: 4 })
  t.equal(late.seekers.length, 0)
  const { answer } = recordAnswer()
  const gone = carried(t, { answer: { ...answer, watch: (watcher) => watcher.onGone() } })
  t.match(await gone.forwarded, { grpcStatus: 1 })
  t.equal(gone.seekers.length, 0)
})

void t.test('a stream that breaks behind its answer harms nobody', async (t) => {
  const { forwarded, open, sent } = carried(t)
  const carriage = open()
  carriage.onHead([...fine, 'grpc-status', '0'], true)
  carriage.onBroken('the stream was reset with code 0')
  t.match(await forwarded, { result: 'completed' })
  t.equal(sent.statuses.length, 1)
})

void t.test('a deadline is forgotten with its call', async (t) => {
  const { forwarded, open, sent } = carried(t, { deadline: Date.now() + 20 })
  open().onHead([...fine, 'grpc-status', '0'], true)
  t.match(await forwarded, { result: 'completed' })
  const after = Date.now() + 150
  await until(() => Date.now() > after)
  t.equal(sent.statuses.length, 1)
})

void t.test('what came as never to be indexed is handed on as that', async (t) => {
  const { forwarded, sent, open } = carried(t)
  const carriage = open()
  const head = [...fine, 'x-key', 'k']
  const trailers = ['grpc-status', '0', 'x-last', 'b']
  markNeverIndexed(head, 'x-key')
  markNeverIndexed(trailers, 'x-last')
  carriage.onHead(head, false)
  carriage.onTrailers(trailers)
  await forwarded
  t.strictSame(sent.metadata?.at(-1), ['x-key', 'k', true])
  t.strictSame(sent.statuses[0]?.trailers.at(-1), ['x-last', 'b', true])
})
