import { once } from 'node:events'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import type { Refusal } from '../../src/core/refusal.ts'
import { messageBytesMax, readMessageFrame } from '../../src/listen/message-frame.ts'
import { ask, frameOf, openStream, startRawServer } from '../support/raw-http2.ts'

const message = Buffer.from('a message of some bytes')
const frame = frameOf(message)

const bodyOf = (...chunks: Uint8Array[]) => Readable.from(chunks)
const codeOf = (read: Uint8Array | Refusal) => (read instanceof Uint8Array ? 'read' : read.code)

async function isRead(body: Readable, encoding: string, expected: Uint8Array): Promise<boolean> {
  const read = await readMessageFrame(body, encoding)
  return read instanceof Uint8Array && Buffer.from(read).equals(expected)
}

void t.test('a frame is read wherever it is split', async (t) => {
  for (let at = 0; at <= frame.length; at++) {
    const body = bodyOf(frame.subarray(0, at), frame.subarray(at))
    t.ok(await isRead(body, 'identity', message), `at byte ${at}`)
  }
})

void t.test('a frame is read byte by byte', async (t) => {
  const bytes = [...frame].map((byte) => Uint8Array.of(byte)).map((byte) => Buffer.from(byte))
  t.ok(await isRead(bodyOf(...bytes), 'identity', message))
})

void t.test('an empty message is a message', async (t) => {
  t.ok(await isRead(bodyOf(frameOf(Buffer.alloc(0))), 'identity', Buffer.alloc(0)))
})

void t.test('a message of exactly the limit is read from many DATA frames', async (t) => {
  const large = Buffer.alloc(messageBytesMax, 'sallyport')
  const { promise: read, resolve } = Promise.withResolvers<Uint8Array | Refusal>()
  const session = await startRawServer(t, (request, response) => {
    resolve(readMessageFrame(request, 'identity'))
    response.end()
  })
  await ask(session, {}, frameOf(large))
  t.ok(Buffer.from((await read) as Uint8Array).equals(large))
})

const refused: Readonly<Record<string, readonly [body: Readable, encoding: string, code: string]>> =
  {
    'no body': [bodyOf(), 'identity', 'message_malformed'],
    'a part of a prefix': [bodyOf(frame.subarray(0, 4)), 'identity', 'message_malformed'],
    'a prefix alone': [bodyOf(frame.subarray(0, 5)), 'identity', 'message_malformed'],
    'a message that is cut off': [bodyOf(frame.subarray(0, -1)), 'identity', 'message_malformed'],
    'two messages': [bodyOf(frame, frame), 'identity', 'message_malformed'],
    'two messages in one chunk': [
      bodyOf(Buffer.concat([frame, frame])),
      'identity',
      'message_malformed',
    ],
    'a byte behind the message': [bodyOf(frame, Buffer.alloc(1)), 'identity', 'message_malformed'],
    'a byte behind an empty message': [
      bodyOf(Buffer.alloc(5), Buffer.alloc(1)),
      'identity',
      'message_malformed',
    ],
    'a byte behind a prefix that comes in parts': [
      bodyOf(Buffer.alloc(4), Buffer.alloc(2)),
      'identity',
      'message_malformed',
    ],
    'a prefix of more than the limit': [
      bodyOf(frameOf(Buffer.alloc(0), 0, messageBytesMax + 1)),
      'identity',
      'message_too_large',
    ],
    'a prefix of 4 GiB': [
      bodyOf(frameOf(Buffer.alloc(0), 0, 2 ** 32 - 1)),
      'identity',
      'message_too_large',
    ],
    'a compressed message without an encoding': [
      bodyOf(frameOf(gzipSync(message), 1)),
      'identity',
      'message_malformed',
    ],
    'a flag that does not exist': [bodyOf(frameOf(message, 2)), 'gzip', 'message_malformed'],
    'another encoding': [bodyOf(frame), 'deflate', 'encoding_unsupported'],
    'an encoding that is a list': [bodyOf(frame), 'gzip,identity', 'encoding_unsupported'],
    'an empty encoding': [bodyOf(frame), '', 'encoding_unsupported'],
    'garbage that says it is gzip': [bodyOf(frameOf(message, 1)), 'gzip', 'message_malformed'],
    'nothing that says it is gzip': [
      bodyOf(frameOf(Buffer.alloc(0), 1)),
      'gzip',
      'message_malformed',
    ],
    'gzip that is cut off': [
      bodyOf(frameOf(gzipSync(message).subarray(0, -4), 1)),
      'gzip',
      'message_malformed',
    ],
    'a bomb': [
      bodyOf(frameOf(gzipSync(Buffer.alloc(64 * 1024 * 1024)), 1)),
      'gzip',
      'message_too_large',
    ],
    'a bomb of many members': [
      bodyOf(
        frameOf(
          Buffer.concat(Array<Buffer>(9).fill(gzipSync(Buffer.alloc(messageBytesMax / 8)))),
          1,
        ),
      ),
      'gzip',
      'message_too_large',
    ],
  }

for (const [name, [body, encoding, code]] of Object.entries(refused)) {
  void t.test(`${name}: ${code}`, async (t) => {
    t.equal(codeOf(await readMessageFrame(body, encoding)), code)
  })
}

void t.test('a compressed message is inflated, of several members too', async (t) => {
  t.ok(await isRead(bodyOf(frameOf(gzipSync(message), 1)), 'gzip', message))
  const halves = [message.subarray(0, 9), message.subarray(9)].map((half) => gzipSync(half))
  t.ok(await isRead(bodyOf(frameOf(Buffer.concat(halves), 1)), 'gzip', message))
  const large = Buffer.alloc(messageBytesMax)
  t.ok(await isRead(bodyOf(frameOf(gzipSync(large), 1)), 'gzip', large), 'up to the limit')
})

void t.test('a message that is not compressed may say gzip', async (t) => {
  t.ok(await isRead(bodyOf(frame), 'gzip', message))
})

void t.test('the body of a message that is too large is not waited for', async (t) => {
  const { promise: read, resolve } = Promise.withResolvers<Uint8Array | Refusal>()
  const session = await startRawServer(t, (request) =>
    resolve(readMessageFrame(request, 'identity')),
  )
  const { stream } = openStream(session)
  stream.write(frameOf(Buffer.alloc(10), 0, messageBytesMax + 1))
  t.equal(codeOf(await read), 'message_too_large')
  stream.close()
})

void t.test('a caller who promises much and sends nothing holds no memory', async (t) => {
  const before = process.memoryUsage().rss
  const bodies = Array.from({ length: 200 }, () => new Readable({ read: () => undefined }))
  const reads = bodies.map((body) => readMessageFrame(body, 'identity'))
  for (const body of bodies) body.push(frameOf(Buffer.alloc(0), 0, messageBytesMax))
  await new Promise((resolve) => setImmediate(resolve))
  const grown = process.memoryUsage().rss - before
  t.ok(grown < 200 * 1024 * 1024, `${grown} bytes for promises of 800 MiB`)
  for (const body of bodies) body.destroy()
  t.ok((await Promise.all(reads)).every((read) => codeOf(read) === 'message_malformed'))
})

void t.test('a body that takes too long is given up', async (t) => {
  const { promise: read, resolve } = Promise.withResolvers<Uint8Array | Refusal>()
  const session = await startRawServer(t, (request) =>
    resolve(readMessageFrame(request, 'identity', 20)),
  )
  const { stream } = openStream(session)
  stream.write(frame.subarray(0, 7))
  t.equal(codeOf(await read), 'message_malformed')
  stream.close()
})

for (const [name, cut] of [
  ['resets the stream', (stream: ReturnType<typeof openStream>['stream']) => stream.close(8)],
  ['vanishes', (stream: ReturnType<typeof openStream>['stream']) => stream.session?.destroy()],
] as const) {
  void t.test(`a caller who ${name} in the middle leaves no message`, async (t) => {
    const { promise: read, resolve } = Promise.withResolvers<Uint8Array | Refusal>()
    const session = await startRawServer(t, (request) => {
      const reading = readMessageFrame(request, 'identity')
      request.once('data', () => cut(stream))
      resolve(reading)
    })
    const { stream } = openStream(session)
    stream.write(frame.subarray(0, 7))
    t.equal(codeOf(await read), 'message_malformed')
  })
}

void t.test('the time is not waited out once the message is there', async (t) => {
  const body = bodyOf(frame)
  t.ok((await readMessageFrame(body, 'identity', 60_000)) instanceof Uint8Array)
  if (!body.closed) await once(body, 'close')
})
