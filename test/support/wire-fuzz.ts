import { Connection } from '../../src/wire/connection.ts'
import type { Stream } from '../../src/wire/stream.ts'
import {
  ACK,
  END_STREAM,
  block,
  data,
  frame,
  headers,
  preface,
  readFrames,
  request,
  reset,
  response,
  settings,
  testLimits,
  uint32,
  windowUpdate,
  type ReadFrame,
} from './frames.ts'
import { quietHandler } from './quiet-handler.ts'
import { createRandom, type Random } from './random.ts'

/** Error codes that RFC 9113, section 7, knows and that a connection here may end with. */
const codes = new Set([0x1, 0x3, 0x5, 0x6, 0x9, 0xb])

/** More than a connection of these limits may hold to be sent: what it owes for 64 KiB of frames. */
const outputBytesMax = 1024 * 1024

/** What is wrong with how a connection took some bytes, or undefined. */
export function fuzzBytes(seed: number): string | undefined {
  const random = createRandom(seed)
  const role = random.below(2) === 0 ? 'server' : 'client'
  const connection: Connection<Sending> = new Connection<Sending>({
    role,
    limits: testLimits,
    handler: {
      ...quietHandler,
      onHead: (stream) => act(connection, stream, random),
      onData(stream, part) {
        act(connection, stream, random)
        if (random.below(2) === 0) connection.consume(stream, part.length)
      },
      onSent: (stream) => void (random.below(20) === 0 && connection.reset(stream, 8)),
    },
  })
  const opened = role === 'client' ? random.below(4) : 0
  for (let count = 0; count < opened; count++) connection.open(request, random.below(2) === 0, {})
  let bytes = conversation(role, random)
  if (random.below(3) > 0) bytes = mutate(bytes, random)
  const written: Buffer[] = []
  try {
    for (let at = 0, now = 0; at < bytes.length; now += random.below(700)) {
      const end = at + 1 + random.below(random.oneOf([1, 20, 300, 70_000]))
      connection.receive(bytes.subarray(at, end), now)
      at = end
      if (connection.outputBytes > outputBytesMax) return 'too much waits to be sent'
      if (connection.streams.size > testLimits.streamsMax + opened) return 'too many streams'
      if (random.below(3) === 0) written.push(...connection.takeOutput())
    }
  } catch (error) {
    return String(error instanceof Error ? error.stack : error)
  }
  return stateIsWrong(connection, Buffer.concat([...written, ...connection.takeOutput()]))
}

/** An open connection has not said GOAWAY; a closed one said it last, with a code that is allowed. */
function stateIsWrong(connection: Connection<Sending>, written: Buffer): string | undefined {
  const frames = readFrames(written)
  const late = lateFrame(frames)
  if (late !== undefined) return late
  const at = frames.findIndex(({ type }) => type === 'GOAWAY')
  if (!connection.isClosed) return at < 0 ? undefined : 'GOAWAY from a connection that is open'
  if (at !== frames.length - 1 || at < 0) return 'GOAWAY is not the last frame'
  const code = frames[at]?.payload.readUInt32BE(4) ?? -1
  return codes.has(code) ? undefined : `GOAWAY with code ${code}`
}

/** Behind its end a stream says nothing but a reset, and behind a reset nothing: RFC 9113, section 5.1. */
function lateFrame(frames: readonly ReadFrame[]): string | undefined {
  const ended = new Set<number>()
  const isReset = new Set<number>()
  for (const { type, flags, id } of frames) {
    const isMessage = type === 'DATA' || type === 'HEADERS'
    if (id > 0 && (isReset.has(id) || (isMessage && ended.has(id)))) {
      return `${type} on stream ${id}, which was over`
    }
    if (isMessage && (flags & END_STREAM) !== 0) ended.add(id)
    if (type === 'RST_STREAM') isReset.add(id)
  }
  return undefined
}

function act(connection: Connection<Sending>, stream: Stream<Sending>, random: Random): void {
  const turn = random.below(6)
  if (turn === 0) connection.sendHead(stream, response, random.below(2) === 0)
  if (turn === 1) connection.sendData(stream, Buffer.alloc(random.below(40_000)))
  if (turn === 2) connection.sendEnd(stream, random.below(2) === 0 ? response : undefined)
  if (turn === 3) connection.reset(stream, 0)
  if (turn < 4) return
  // All of an answer waits, so that its end is known when its last bytes go.
  connection.pause()
  connection.sendHead(stream, response, false)
  connection.sendData(stream, Buffer.alloc(random.below(40_000)))
  connection.sendEnd(stream, random.below(2) === 0 ? response : undefined)
  connection.resume()
}

/** What a peer could say: mostly in order, with some frames that are odd. */
function conversation(role: 'server' | 'client', random: Random): Buffer {
  const parts = [...(role === 'server' ? [preface] : []), settings([4, random.below(70_000)])]
  const id = () => random.below(9) + (random.below(5) > 0 ? 1 : 0)
  const odd = () => random.below(9) * 2 + 1
  const head = role === 'server' ? request : response
  for (let count = random.below(30); count > 0; count--) {
    const kind = random.below(14)
    const ends = random.below(3) === 0
    if (kind < 4) parts.push(headers(odd(), random.below(4) > 0 ? head : ['x-a', 'b'], ends))
    else if (kind < 7) parts.push(data(odd(), 'x'.repeat(random.below(3000)), ends))
    else if (kind === 7) parts.push(windowUpdate(random.oneOf([0, odd()]), random.below(2 ** 31)))
    else if (kind === 8) parts.push(reset(odd(), random.below(14)))
    else if (kind === 9) parts.push(settings([1 + random.below(7), random.below(100_000)]))
    else if (kind === 10) parts.push(frame('PING', random.below(2), 0, Buffer.alloc(8)))
    else if (kind === 11) parts.push(frame('GOAWAY', 0, 0, uint32(id(), 0)))
    else if (kind === 12) {
      const whole = block(head)
      const cut = random.below(whole.length)
      const name = odd()
      parts.push(frame('HEADERS', ends ? 1 : 0, name, whole.subarray(0, cut)))
      parts.push(frame('CONTINUATION', 4, name, whole.subarray(cut)))
    } else {
      const payload = Buffer.from(Array.from({ length: random.below(40) }, () => random.below(256)))
      parts.push(frame(random.below(12), random.below(256), id(), payload))
    }
  }
  parts.push(frame('SETTINGS', ACK, 0))
  return Buffer.concat(parts)
}

function mutate(bytes: Buffer, random: Random): Buffer {
  let mutated = Buffer.from(bytes)
  for (let count = 1 + random.below(8); count > 0; count--) {
    const at = random.below(mutated.length + 1)
    const kind = random.below(4)
    if (kind < 2) mutated[at] = random.below(256)
    else if (kind === 2) {
      mutated = Buffer.concat([mutated.subarray(0, at), mutated.subarray(at + random.below(20))])
    } else {
      const again = mutated.subarray(at, at + random.below(100))
      mutated = Buffer.concat([mutated.subarray(0, at), again, mutated.subarray(at)])
    }
  }
  return mutated
}

/** One direction of an exchange in the model: what was given to be sent, and what came. */
interface Sending {
  sent?: Buffer[]
  came?: Buffer[]
  toSend?: number
  isReset?: boolean
  ended?: boolean
  trailers?: readonly string[]
}

/**
 * Two connections that talk to each other through a random scheduler: what one sends is what the other is
 * told of, whatever the windows, the chunks and the streams that are reset meanwhile.
 */
export function fuzzModel(seed: number): string | undefined {
  const random = createRandom(seed)
  const failures: string[] = []
  const calls = new Map<number, { up: Sending; down: Sending }>()
  const limits = () => ({
    ...testLimits,
    streamsMax: 1 + random.below(20),
    streamWindowBytes: random.oneOf([50, 1000, 65_535, 200_000]),
    connectionWindowBytes: random.oneOf([65_535, 100_000, 1_000_000]),
    headerTableBytesMax: random.oneOf([0, 100, 4096, 10_000]),
    idleFramesPerSecondMax: Infinity,
    resetsPerSecondMax: Infinity,
  })
  const side = (role: 'server' | 'client') => {
    const owed: [Stream<Sending>, number][] = []
    const connection: Connection<Sending> = new Connection<Sending>({
      role,
      limits: limits(),
      handler: {
        ...quietHandler,
        onHead(stream, list, ends) {
          const call = calls.get(stream.id)
          const expected = role === 'server' ? requestOf(stream.id) : responseOf(stream.id)
          if (list.join() !== expected.join()) failures.push(`head of ${stream.id}: ${list.join()}`)
          stream.context = role === 'server' ? call?.up : call?.down
          if (role === 'server') connection.sendHead(stream, responseOf(stream.id), false)
          if (ends && stream.context) stream.context.ended = true
        },
        onData(stream, part, ends) {
          stream.context?.came?.push(Buffer.from(part))
          if (ends && stream.context) stream.context.ended = true
          owed.push([stream, part.length])
        },
        onTrailers(stream, list) {
          if (!stream.context) return
          stream.context.ended = true
          stream.context.trailers = list
        },
        onReset(stream) {
          const call = calls.get(stream.id)
          if (call) call.up.isReset = call.down.isReset = true
        },
        onFailure: (code, why) => failures.push(`${role} failed: ${code} ${why}`),
      },
    })
    return { role, connection, owed, wire: Buffer.alloc(0) }
  }
  const [client, server] = [side('client'), side('server')]
  const carry = (from: typeof client, to: typeof client, all: boolean) => {
    from.wire = Buffer.concat([from.wire, ...from.connection.takeOutput()])
    const length = all ? from.wire.length : random.below(from.wire.length + 1)
    to.connection.receive(Buffer.from(from.wire.subarray(0, length)), 0)
    from.wire = from.wire.subarray(length)
  }
  const pay = (who: typeof client, all: boolean) => {
    for (let left = all ? who.owed.length : random.below(who.owed.length + 1); left > 0; left--) {
      const [stream, bytes] = who.owed.shift() as [Stream<Sending>, number]
      who.connection.consume(stream, bytes)
    }
  }
  const exchange = (all: boolean) => {
    carry(client, server, all)
    carry(server, client, all)
    pay(client, all)
    pay(server, all)
  }
  const feed = (connection: Connection<Sending>, id: number, from: Sending) => {
    const stream = connection.streams.get(id)
    if (!stream || from.toSend === undefined) return
    if (from.toSend > 0) {
      const part = Buffer.alloc(random.below(random.oneOf([10, 1000, 50_000])), random.below(256))
      from.sent?.push(part)
      from.toSend -= 1
      return connection.sendData(stream, part)
    }
    delete from.toSend
    connection.sendEnd(stream, connection === server.connection ? trailersOf(id) : undefined)
  }
  const begin = () => {
    const nextId = 1 + 2 * calls.size
    const sending = () => ({ sent: [], came: [], toSend: random.below(6) })
    calls.set(nextId, { up: sending(), down: sending() })
    client.connection.open(requestOf(nextId), false, {})
  }
  exchange(true)
  for (let step = 20 + random.below(150); step > 0 && failures.length === 0; step--) {
    const id = 1 + 2 * random.below(Math.max(1, calls.size))
    const call = calls.get(id)
    const kind = random.below(8)
    if (kind === 0 && client.connection.room > 0) begin()
    else if (kind < 3 && call) feed(client.connection, id, call.up)
    else if (kind < 5 && call) feed(server.connection, id, call.down)
    else if (kind === 5 && call && random.below(8) === 0) {
      const who = random.oneOf([client, server]).connection
      const stream = who.streams.get(id)
      if (stream) {
        call.up.isReset = call.down.isReset = true
        who.reset(stream, 8)
      }
    } else if (kind === 6 && random.below(4) === 0) {
      const { connection } = random.oneOf([client, server])
      if (random.below(2) === 0) connection.pause()
      else connection.resume()
    } else exchange(false)
  }
  finish()
  return failures[0] ?? [...calls].map(wrongWith).find((wrong) => wrong !== undefined)

  function finish(): void {
    client.connection.resume()
    server.connection.resume()
    for (const [id, { up, down }] of calls) {
      exchange(true)
      for (let left = 8; left > 0; left--) feed(client.connection, id, up)
      for (let left = 8; left > 0; left--) feed(server.connection, id, down)
    }
    // A small window lets little through in each round, so go on for as long as anything moves.
    for (let still = 0; still < 4 && failures.length === 0;) {
      const before = client.wire.length + server.wire.length + client.owed.length
      exchange(true)
      const moves = client.connection.outputBytes + server.connection.outputBytes + before
      still = moves === 0 ? still + 1 : 0
    }
    if (client.connection.streams.size > 0) failures.push('streams stay open on the client')
    if (server.connection.streams.size > 0) failures.push('streams stay open on the server')
  }
}

const requestOf = (id: number) => [...request, 'x-id', String(id), 'x-often', String(id % 5)]
const responseOf = (id: number) => [...response, 'x-id', String(id), 'x-often', String(id % 3)]
const trailersOf = (id: number) => ['grpc-status', String(id % 17), 'x-id', String(id)]

function wrongWith([id, call]: [number, { up: Sending; down: Sending }]): string | undefined {
  for (const [name, { sent, came, isReset, ended }] of Object.entries(call)) {
    const whole = Buffer.concat(sent ?? [])
    const got = Buffer.concat(came ?? [])
    if (!whole.subarray(0, got.length).equals(got)) return `${name} of ${id} came otherwise`
    if (!isReset && (got.length !== whole.length || !ended)) return `${name} of ${id} came in part`
  }
  const { isReset, trailers } = call.down
  const hasTrailers = trailers?.join() === trailersOf(id).join()
  return isReset || hasTrailers ? undefined : `trailers of ${id} came otherwise`
}
