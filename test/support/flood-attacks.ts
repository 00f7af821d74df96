import { gzipSync } from 'node:zlib'
import { HpackEncoder } from '../../src/wire/hpack/encoder.ts'
import {
  ACK,
  END_HEADERS,
  END_STREAM,
  frame,
  preface,
  reset,
  settings,
  windowUpdate,
} from './frames.ts'
import { frameOf } from './raw-http2.ts'

/** What one connection of an attack knows of itself. */
export interface AttackState {
  readonly token: string
  /** A header block of a call that the policy allows, encoded for this connection. */
  readonly call: (fields?: readonly string[]) => Buffer
  /** The next stream of this connection. */
  readonly nextId: () => number
}

export interface Attack {
  /** Connections at once; 4 unless given. */
  readonly connections?: number
  /** What is sent before the preface of HTTP/2, or instead of it. */
  readonly greeting?: Buffer
  /** Sent once, behind the greeting. */
  readonly begin?: (state: AttackState) => Buffer
  /** Sent over and over, as fast as it is taken or with a pause. Without it, nothing more is sent. */
  readonly burst?: (state: AttackState) => Buffer
  readonly pauseMs?: number
  /** Reads nothing of what comes back. */
  readonly isDeaf?: boolean
  /** Hangs up after the first burst, and connects again. */
  readonly hangsUp?: boolean
  /** Takes pains not to be cut off for its rate: what such a caller costs is measured. */
  readonly isPatient?: boolean
}

const hello = Buffer.concat([preface, settings()])
const repeat = (count: number, make: (index: number) => Buffer) =>
  Buffer.concat(Array.from({ length: count }, (_, index) => make(index)))
const headersOf = (id: number, block: Buffer, flags = END_HEADERS) =>
  frame('HEADERS', flags, id, block)
const message = (id: number, bytes: number) =>
  frame('DATA', 0, id, frameOf(Buffer.alloc(0), 0, bytes))

/** An open call whose body never ends. */
const open = (state: AttackState, id = state.nextId()) =>
  Buffer.concat([headersOf(id, state.call()), message(id, 100_000)])

/** A block that puts a large field into the table, and then names it thousands of times. */
function bomb(state: AttackState): Buffer {
  return Buffer.concat([state.call(['x-bomb', 'b'.repeat(2000)]), Buffer.alloc(12_000, 0xbe)])
}

/** Four kilobytes that become four megabytes. */
const inflating = frameOf(gzipSync(Buffer.alloc(4 * 2 ** 20)), 1)

/** A request for as much as the stand-in sends, which is whole at once. */
const wholeCall = (state: AttackState, answerBytes: number) => {
  const id = state.nextId()
  const block = state.call(['x-answer-bytes', String(answerBytes)])
  const body = Buffer.concat([
    Buffer.of(0, 0, 0, 0, 10),
    Buffer.from([10, 8]),
    Buffer.from('payments'),
  ])
  return Buffer.concat([headersOf(id, block), frame('DATA', END_STREAM, id, body)])
}

/** Attacks on a listener, by name. */
export const attacks: Readonly<Record<string, Attack>> = {
  'rapid reset': {
    burst: (state) =>
      repeat(50, () => {
        const id = state.nextId()
        return Buffer.concat([headersOf(id, state.call()), reset(id)])
      }),
  },
  'rapid reset, below the limit': {
    isPatient: true,
    pauseMs: 100,
    burst: (state) =>
      repeat(15, () => {
        const id = state.nextId()
        return Buffer.concat([headersOf(id, state.call()), reset(id)])
      }),
  },
  'made you reset: windows by nothing': {
    burst: (state) =>
      repeat(50, () => {
        const id = state.nextId()
        return Buffer.concat([headersOf(id, state.call()), windowUpdate(id, 0)])
      }),
  },
  'made you reset: windows too wide': {
    burst: (state) =>
      repeat(50, () => {
        const id = state.nextId()
        return Buffer.concat([headersOf(id, state.call()), windowUpdate(id, 2 ** 31 - 1)])
      }),
  },
  'made you reset: DATA behind the end': {
    burst: (state) =>
      repeat(50, () => {
        const id = state.nextId()
        const head = headersOf(id, state.call(), END_HEADERS | END_STREAM)
        return Buffer.concat([head, frame('DATA', 0, id, [0])])
      }),
  },
  'more streams than allowed': {
    burst: (state) => repeat(500, () => headersOf(state.nextId(), state.call())),
  },
  SETTINGS: { burst: () => repeat(1000, () => settings()) },
  'SETTINGS that change all windows': {
    begin: (state) => repeat(900, () => open(state)),
    burst: () => repeat(500, (index) => settings([4, 65_535 + (index % 2)])),
  },
  'acknowledgements of SETTINGS': { burst: () => repeat(1000, () => frame('SETTINGS', ACK, 0)) },
  PING: { burst: () => repeat(1000, () => frame('PING', 0, 0, Buffer.alloc(8))) },
  'empty DATA': {
    begin: (state) => open(state, 1),
    burst: () => repeat(1000, () => frame('DATA', 0, 1)),
  },
  'DATA of one byte': {
    begin: (state) => open(state, 1),
    burst: () => repeat(1000, () => frame('DATA', 0, 1, [0])),
  },
  'DATA of padding alone': {
    begin: (state) => open(state, 1),
    burst: () =>
      repeat(100, () => frame('DATA', 8, 1, [200, ...Array.from({ length: 200 }, () => 0)])),
  },
  PRIORITY: { burst: () => repeat(1000, () => frame('PRIORITY', 0, 1, [0, 0, 0, 3, 0])) },
  'frames of unknown types': { burst: () => repeat(1000, () => frame(0xee, 0, 0, [1, 2, 3])) },
  'windows of nothing': {
    connections: 20,
    begin: (state) =>
      Buffer.concat([settings([4, 0]), repeat(200, () => wholeCall(state, 100_000))]),
    isPatient: true,
  },
  'windows of nothing, of little': {
    connections: 1,
    begin: (state) =>
      Buffer.concat([settings([4, 0]), repeat(50, () => wholeCall(state, 100_000))]),
    isPatient: true,
  },
  'windows by one byte': {
    begin: (state) =>
      Buffer.concat([settings([4, 1]), repeat(50, () => wholeCall(state, 100_000))]),
    burst: () => repeat(500, (index) => windowUpdate(1 + 2 * (index % 50), 1)),
  },
  'a window that is too wide': { burst: () => windowUpdate(0, 2 ** 31 - 1) },
  'CONTINUATION without end': {
    begin: (state) => headersOf(1, state.call(), 0),
    burst: () => repeat(1000, () => frame('CONTINUATION', 0, 1, [0x82])),
  },
  'CONTINUATION of nothing': {
    begin: (state) => headersOf(1, state.call(), 0),
    burst: () => repeat(1000, () => frame('CONTINUATION', 0, 1)),
  },
  'HPACK bomb': { burst: (state) => headersOf(state.nextId(), bomb(state)) },
  'HPACK bomb that fits': {
    // Two bytes for each field, just below what a list may be.
    burst: (state) =>
      repeat(50, () =>
        headersOf(state.nextId(), Buffer.concat([state.call(), Buffer.alloc(1000, 0x90)])),
      ),
  },
  'header lists that are too large': {
    burst: (state) => {
      const id = state.nextId()
      const part = Buffer.concat([state.call(), Buffer.of(0, 1, 0x61, 0x7f, 0x80, 0x7e)])
      const rest = Buffer.alloc(16_000, 0x62)
      return Buffer.concat([
        headersOf(id, part, 0),
        repeat(4, () => frame('CONTINUATION', 0, id, rest)),
        frame('CONTINUATION', END_HEADERS, id, rest.subarray(0, 100)),
      ])
    },
  },
  'frames that are too large': {
    burst: () =>
      Buffer.concat([Buffer.of(0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1), Buffer.alloc(65_536)]),
  },
  'callers who say nothing': { connections: 500, greeting: Buffer.alloc(0), isPatient: true },
  'half a preface': { connections: 500, greeting: preface.subarray(0, 10), isPatient: true },
  'no SETTINGS': { connections: 500, greeting: preface, isPatient: true },
  'half a frame': {
    connections: 500,
    begin: () => Buffer.concat([Buffer.of(0, 0x40, 0, 1, 4, 0, 0, 0, 1), Buffer.alloc(16_000)]),
    isPatient: true,
  },
  'header blocks that stop half way': {
    connections: 500,
    begin: (state) =>
      Buffer.concat([
        headersOf(1, state.call(), 0),
        repeat(3, () => frame('CONTINUATION', 0, 1, Buffer.alloc(16_000, 0x82))),
      ]),
    isPatient: true,
  },
  'connections that come and go': { connections: 20, hangsUp: true, burst: (state) => open(state) },
  'more connections than one address may have': { connections: 2_200, isPatient: true },
  'slow bodies': {
    connections: 50,
    begin: (state) => repeat(100, () => open(state)),
    burst: () => repeat(100, (index) => frame('DATA', 0, 1 + 2 * index, [0, 0])),
    pauseMs: 200,
    isPatient: true,
  },
  'small messages that inflate to megabytes': {
    burst: (state) =>
      repeat(50, () => {
        const id = state.nextId()
        const block = state.call(['grpc-encoding', 'gzip'])
        return Buffer.concat([headersOf(id, block), frame('DATA', END_STREAM, id, inflating)])
      }),
    pauseMs: 20,
  },
  'bodies of strangers': {
    burst: () => frame('DATA', 0, 1, Buffer.alloc(16_384)),
    begin: (state) => headersOf(1, state.call(['authorization', 'Bearer x'])),
  },
  'strangers who read nothing': {
    connections: 200,
    isDeaf: true,
    burst: (state) =>
      repeat(500, () => headersOf(state.nextId(), strangersBlock, END_HEADERS | END_STREAM)),
  },
  'callers who read nothing of long answers': {
    connections: 50,
    isDeaf: true,
    begin: (state) =>
      Buffer.concat([
        settings([4, 2 ** 31 - 1]),
        windowUpdate(0, 2 ** 31 - 1 - 65_535),
        repeat(20, () => wholeCall(state, 1_000_000)),
      ]),
    burst: () => frame('PING', 0, 0, Buffer.alloc(8)),
    pauseMs: 500,
    isPatient: true,
  },
  noise: { greeting: Buffer.alloc(0), burst: () => Buffer.alloc(65_536, 0xa5) },
}

/** What a stranger sends who has read RFC 7541: all but the path stands in the static table. */
const strangersBlock = Buffer.concat([
  Buffer.of(0x83, 0x86, 0x04, 4),
  Buffer.from('/x/Y'),
  Buffer.of(0x0f, 0x10, 16),
  Buffer.from('application/grpc'),
])

/** What a connection of an attack sends first. */
export function greetingOf({ greeting = hello }: Attack): Buffer {
  return greeting
}

/** A new connection's state. */
export function createState(token: string): AttackState {
  const encoder = new HpackEncoder(4096)
  let id = -1
  const base = [':method', 'POST', ':scheme', 'http', ':authority', 'sallyport']
  const path = '/temporal.api.workflowservice.v1.WorkflowService/DescribeNamespace'
  const list = [...base, ':path', path, 'content-type', 'application/grpc', 'te', 'trailers']
  return {
    token,
    nextId: () => (id += 2),
    call: (fields = []) => {
      const own = fields.includes('authorization') ? [] : ['authorization', `Bearer ${token}`]
      return Buffer.from(encoder.encode([...list, ...own, ...fields]))
    },
  }
}

/** Bytes by which a stand-in answers one who asked for that. */
export const answerBytesName = 'x-answer-bytes'
