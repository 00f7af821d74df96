import t, { type Test } from 'tap'
import { flag } from '../../src/wire/frames/codes.ts'
import { HpackDecoder } from '../../src/wire/hpack/decoder.ts'
import { HpackEncoder } from '../../src/wire/hpack/encoder.ts'
import { until } from '../support/audit-files.ts'
import { machines, startRequest } from '../support/differential-cases.ts'
import { findTool } from '../support/differential-tools.ts'
import { connectFramePeer, type FramePeer } from '../support/frame-peer.ts'
import { END_HEADERS, END_STREAM, frame, PADDED, PRIORITY, uint32 } from '../support/frames.ts'
import { asking, startGoUpstream } from '../support/grpc-go-upstream.ts'
import { startSallyport } from '../support/sallyport.ts'

// Calls in frames that no library would make but that RFC 9113 allows: grpc-go, which takes them, and
// Sallyport in front of it must make the same of each.

t.setTimeout(120_000)

const go = await findTool('go-peers')

/** A call in frames of its own making. */
interface Shape {
  /** Names and values in turn. */
  readonly list?: (list: readonly string[]) => readonly string[]
  readonly head?: (id: number, block: Buffer) => readonly Buffer[]
  readonly body?: (id: number, body: Buffer) => readonly Buffer[]
}

const whole = (id: number, block: Buffer) => [frame('HEADERS', END_HEADERS, id, block)]
const atOnce = (id: number, body: Buffer) => [frame('DATA', END_STREAM, id, body)]

/** Cuts at these places. */
function pieces(bytes: Buffer, ...places: readonly number[]): readonly Buffer[] {
  return [0, ...places].map((from, at) => bytes.subarray(from, places[at] ?? bytes.length))
}

/** DATA frames, of which the last ends the stream. */
function dataFrames(id: number, parts: readonly Buffer[]): readonly Buffer[] {
  return parts.map((part, at) => frame('DATA', at === parts.length - 1 ? END_STREAM : 0, id, part))
}

const padded = (payload: Buffer, padding: number) =>
  Buffer.concat([Buffer.from([padding]), payload, Buffer.alloc(padding)])

const byteByByte = (bytes: Buffer) => [...bytes].map((byte) => Buffer.from([byte]))

const shapes: Readonly<Record<string, Shape>> = {
  'as a library would': {},
  'the same again, out of the table': {},
  'pseudo-headers in another order, and the others backwards': {
    list: (list) => {
      const pairs = Array.from({ length: list.length / 2 }, (_, at) =>
        list.slice(at * 2, at * 2 + 2),
      )
      const isPseudo = ([name = '']: readonly string[]) => name.startsWith(':')
      const others = pairs.filter((pair) => !isPseudo(pair))
      return [...pairs.filter(isPseudo).toReversed(), ...others.toReversed()].flat()
    },
  },
  'names that come twice, apart': {
    list: (list) => [...list, 'x-many', 'first', 'x-other', 'between', 'x-many', 'second'],
  },
  'a byte in each DATA frame': { body: (id, body) => dataFrames(id, byteByByte(body)) },
  'the prefix apart': { body: (id, body) => dataFrames(id, pieces(body, 5)) },
  'the prefix cut in two': { body: (id, body) => dataFrames(id, pieces(body, 2, 7)) },
  'empty DATA frames between': {
    body: (id, body) => dataFrames(id, pieces(body, 0, 5, 5, 50, 50, 50)),
  },
  'an empty DATA frame that ends it': {
    body: (id, body) => dataFrames(id, pieces(body, body.length)),
  },
  'padding, also of nothing': {
    head: (id, block) => [frame('HEADERS', END_HEADERS | PADDED, id, padded(block, 100))],
    body: (id, body) => [
      frame('DATA', PADDED, id, padded(body.subarray(0, 30), 255)),
      frame('DATA', PADDED, id, padded(Buffer.of(), 200)),
      frame('DATA', PADDED | END_STREAM, id, padded(body.subarray(30), 0)),
    ],
  },
  'a header block in CONTINUATION frames': {
    head: (id, block) => [
      frame('HEADERS', 0, id, block.subarray(0, 10)),
      frame('CONTINUATION', 0, id, block.subarray(10, 11)),
      frame('CONTINUATION', 0, id, Buffer.of()),
      frame('CONTINUATION', flag.endHeaders, id, block.subarray(11)),
    ],
  },
  'a priority, padding and CONTINUATION together': {
    head: (id, block) => [
      frame(
        'HEADERS',
        PRIORITY | PADDED,
        id,
        padded(Buffer.concat([uint32(0), Buffer.from([7]), block.subarray(0, 3)]), 9),
      ),
      frame('CONTINUATION', flag.endHeaders, id, block.subarray(3)),
    ],
  },
  'frames between that mean nothing here': {
    body: (id, body) => [
      frame('PRIORITY', 0, id + 100, Buffer.alloc(5)),
      frame('DATA', 0, id, body.subarray(0, 9)),
      frame(0xfa, 0xff, id, Buffer.from('of no known type')),
      frame('WINDOW_UPDATE', 0, id, uint32(1_000)),
      frame('WINDOW_UPDATE', 0, 0, uint32(1_000)),
      frame('DATA', END_STREAM, id, body.subarray(9)),
    ],
  },
}

/** What each hop says for itself, and words that are empty, which need not be said. */
const ofTheHop = /^(?:content-type: |grpc-accept-encoding: |grpc-message: $)/

/** Makes a call on a stream, and reads what came back: blocks of fields, and the body between. */
async function ask(
  peer: FramePeer,
  { encoder, decoder }: { readonly encoder: HpackEncoder; readonly decoder: HpackDecoder },
  parts: {
    readonly id: number
    readonly token: string
    readonly name: string
    readonly shape: Shape
  },
) {
  const { id, token, name, shape } = parts
  const message = Buffer.from(startRequest(name), 'base64')
  const list = [
    ':method',
    'POST',
    ':scheme',
    'http',
    ':path',
    path,
    ':authority',
    'localhost',
    'content-type',
    'application/grpc',
    'te',
    'trailers',
    'authorization',
    `Bearer ${token}`,
    'x-many',
    'one',
    'user-agent',
    'frames',
    ...asking(name, { echo: true, head: [['y-one', 'head']], trailers: [['z-one', 'last']] }),
  ]
  const block = encoder.encode(shape.list?.(list) ?? list)
  const prefix = Buffer.concat([Buffer.from([0]), uint32(message.length)])
  const frames = [
    ...(shape.head ?? whole)(id, block),
    ...(shape.body ?? atOnce)(id, Buffer.concat([prefix, message])),
  ]
  peer.socket.write(Buffer.concat(frames))
  await until(() => peer.hasEnded(id) || peer.isClosed)
  const answered = peer.frames.filter((seen) => seen.id === id)
  const blocks = answered
    .filter(({ type }) => type === 1)
    .map(({ payload }) => fieldsOf(decoder.decode(payload)?.list ?? []))
  const body = Buffer.concat(answered.filter(({ type }) => type === 0).map((seen) => seen.payload))
  return { blocks, body: body.subarray(5).toString(), isClosed: peer.isClosed }
}

const path = '/temporal.api.workflowservice.v1.WorkflowService/StartWorkflowExecution'

function fieldsOf(list: readonly string[]): readonly string[] {
  return Array.from({ length: list.length / 2 }, (_, at) => `${list[at * 2]}: ${list[at * 2 + 1]}`)
    .filter((field) => !ofTheHop.test(field))
    .toSorted()
}

/** All shapes, one after the other on one connection. */
async function askAll(t: Test, address: string, token: string) {
  const peer = await connectFramePeer(t, Number(address.split(':').at(-1)))
  const coders = {
    encoder: new HpackEncoder(4096),
    decoder: new HpackDecoder({ tableBytesMax: 4096, listBytesMax: 100_000 }),
  }
  const seen: Record<string, Awaited<ReturnType<typeof ask>>> = {}
  let id = 1
  for (const [name, shape] of Object.entries(shapes)) {
    seen[name] = await ask(peer, coders, { id, token, name, shape })
    id += 2
  }
  return seen
}

t.test('whatever RFC 9113 allows means the same', { skip: go.missing }, async (t) => {
  const upstream = await startGoUpstream(t, go)
  const sallyport = await startSallyport(t, {
    machines,
    upstreamAddress: upstream.address,
    plaintext: true,
  })
  const token = sallyport.mint()
  const direct = await askAll(t, upstream.address, token)
  const relayed = await askAll(t, sallyport.address, token)
  for (const name of Object.keys(shapes)) {
    t.same(relayed[name], direct[name], name)
    t.match(direct[name], {
      blocks: [
        [':status: 200', 'y-one: head'],
        ['grpc-status: 0', 'z-one: last'],
      ],
      body: /^\/temporal.*StartWorkflowExecution\n\d+ bytes\n[0-9a-f]{64}\nx-many: /,
      isClosed: false,
    })
  }
  const many = ['one', 'first', 'second'].map((value) => Buffer.from(value).toString('hex'))
  const lines = many.map((value) => `x-many: ${value}`).join('\n')
  t.match(relayed['names that come twice, apart']?.body, lines, 'in the order in which they came')
})
