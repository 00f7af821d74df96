import { once } from 'node:events'
import { createServer, type ServerHttp2Session } from 'node:http2'
import { connect, type AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { clientPreface, frameType, settingId } from '../../src/wire/frames/codes.ts'
import { FrameReader } from '../../src/wire/frames/frame-reader.ts'
import { FrameWriter } from '../../src/wire/frames/frame-writer.ts'
import { HpackDecoder } from '../../src/wire/hpack/decoder.ts'
import { HpackEncoder } from '../../src/wire/hpack/encoder.ts'
import { applySettings, initialPeerSettings } from '../../src/wire/settings.ts'
import { askPythonHpack, installPythonHpack, type HpackStep } from '../support/hpack-python.ts'
import { lastWords } from '../support/outside-tap.ts'
import { createRandom, type Random } from '../support/random.ts'

const missing = (await installPythonHpack().catch((error: Error) => lastWords(error))) ?? false

const tableBytesMax = 8192
const limits = [0, 32, 40, 100, 300, 1000, 4096, 8192]

/** Fields of a random list: some come again and again, some never, and each name comes once. */
function randomFields(random: Random, letters: string): readonly string[] {
  const names = new Set(
    Array.from({ length: random.below(8) }, () =>
      random.oneOf(['authorization', 'grpc-timeout', 'user-agent', `x-${random.below(30)}`]),
    ),
  )
  return [...names].flatMap((name) => {
    const length = random.oneOf([0, 1, 5, 20, 60, 400])
    const fresh = Array.from({ length }, () => letters.charAt(random.below(letters.length))).join(
      '',
    )
    return [name, random.below(3) === 0 ? fresh : `value ${random.below(6)}`]
  })
}

/** Printable ASCII, some characters with short and some with long Huffman codes. */
const ascii = 'aeiost0123456789<>\\^{}|~"$%&XZ'
const latin1 = `${ascii}\u00a0\u00df\u00f9\u00ff\u0080\u0001\n`

t.test('PyPI hpack and ours read each other, over long histories', { skip: missing }, async (t) => {
  for (const seed of [1, 2, 3]) {
    const random = createRandom(seed)
    const encoder = new HpackEncoder(tableBytesMax)
    const lists: (readonly string[])[] = []
    const decode: HpackStep<string>[] = []
    const encode: HpackStep<readonly string[]>[] = []
    for (let step = 0; step < 2000; step++) {
      const limit = random.below(25) === 0 ? random.oneOf(limits) : null
      if (limit !== null) encoder.limit(limit)
      const list = [
        ':method',
        'POST',
        ':path',
        `/${random.below(9)}`,
        ...randomFields(random, latin1),
      ]
      lists.push(list)
      decode.push([limit, encoder.encode(list).toString('hex')])
      encode.push([limit, list])
    }
    const { decoded, encoded } = await askPythonHpack({ decode, encode })
    t.same(decoded, lists, `seed ${seed}: hpack reads ours`)
    const decoder = new HpackDecoder({ tableBytesMax, listBytesMax: 10_000_000 })
    const read = encoded.map((block) => decoder.decode(Buffer.from(block, 'hex'))?.list)
    t.same(read, lists, `seed ${seed}: we read hpack's`)
  }
})

/** Said of each answer, else node:http2 would. */
const date = 'Mon, 21 Oct 2013 20:13:21 GMT'

/** A server of node:http2, whose HPACK is nghttp2's, that answers each request with fields of its own. */
async function serveNode(t: Test, random: Random) {
  const server = createServer()
  const sessions: ServerHttp2Session[] = []
  const received = new Map<number, readonly string[]>()
  const answered = new Map<number, readonly string[]>()
  server.on('session', (session) => sessions.push(session))
  server.on('stream', (stream, _headers, _flags, raw: readonly string[]) => {
    const fields = randomFields(random, ascii)
    received.set(stream.id ?? 0, raw)
    answered.set(stream.id ?? 0, [':status', '200', ...fields, 'date', date])
    const pairs = fields.flatMap((name, at) => (at % 2 === 0 ? [[name, fields[at + 1]]] : []))
    stream.respond(
      { ':status': 200, ...(Object.fromEntries(pairs) as Record<string, string>), date },
      { endStream: true },
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const session of sessions) session.destroy()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, sessions, received, answered }
}

/** A client that is nothing but our frames and our HPACK. */
async function connectOurs(t: Test, port: number) {
  const writer = new FrameWriter()
  const encoder = new HpackEncoder(tableBytesMax)
  const decoder = new HpackDecoder({ tableBytesMax, listBytesMax: 10_000_000 })
  const peer = initialPeerSettings()
  const answers = new Map<number, readonly string[] | undefined>()
  const faults: string[] = []
  const socket = connect(port, '127.0.0.1')
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  const flush = () => {
    for (const piece of writer.take()) socket.write(piece)
  }
  let resume: (() => void) | undefined
  const frame = (type: number, flags: number, streamId: number, payload: Buffer) => {
    if (type === frameType.headers) answers.set(streamId, decoder.decode(payload)?.list)
    if (type === frameType.goaway || type === frameType.reset) faults.push(payload.toString('hex'))
    if (type === frameType.settings && flags === 0) {
      applySettings(payload, peer)
      encoder.limit(peer.headerTableBytes)
      writer.settingsAck()
      flush()
    }
    resume?.()
    return faults.length === 0
  }
  const reader = new FrameReader({ frame, oversized: () => faults.push('oversized') }, 16_384)
  socket.on('data', (chunk: Buffer) => reader.push(chunk))
  socket.on('error', (error) => faults.push(error.message))
  socket.on('close', () => {
    faults.push('closed')
    resume?.()
  })
  writer.preface(clientPreface)
  const allowTable = (bytes: number) => writer.settings([[settingId.headerTableSize, bytes]])
  const send = (id: number, list: readonly string[]) =>
    writer.headers(id, encoder.encode(list), true)
  /** Sends what was written, and waits until so many answers have come. */
  const settle = async (count: number) => {
    flush()
    while (answers.size < count && faults.length === 0) {
      await new Promise<void>((resolve) => (resume = resolve))
    }
  }
  return { allowTable, send, settle, answers, faults }
}

t.test('nghttp2 and ours read each other, over one long connection', async (t) => {
  const random = createRandom(7541)
  const { port, sessions, received, answered } = await serveNode(t, random)
  const ours = await connectOurs(t, port)
  const sent = new Map<number, readonly string[]>()
  ours.allowTable(4096)
  for (let round = 0; round < 300 && ours.faults.length === 0; round++) {
    if (round % 5 === 1) ours.allowTable(random.oneOf(limits))
    // Two changes between two blocks: the smaller must be announced as well.
    const changes = round % 7 === 1 ? 2 : 0
    for (let change = 0; change < changes; change++) {
      sessions[0]?.settings({ headerTableSize: random.oneOf(limits) })
    }
    for (let request = 0; request < 10; request++) {
      const id = sent.size * 2 + 1
      const pseudo = [':method', 'POST', ':scheme', 'http', ':path', `/${random.below(9)}`]
      const list = [...pseudo, ':authority', 'a.example', ...randomFields(random, ascii)]
      sent.set(id, list)
      ours.send(id, list)
    }
    await ours.settle(sent.size)
  }
  t.same(ours.faults, [])
  t.equal(sent.size, 3000)
  t.same(received, sent, 'nghttp2 reads ours')
  t.same(ours.answers, answered, 'we read those of nghttp2')
})
