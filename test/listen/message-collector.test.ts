import t from 'tap'
import { refusal } from '../../src/core/refusal.ts'
import { MessageCollector } from '../../src/listen/message-collector.ts'
import { messageBytesMax } from '../../src/listen/message-frame.ts'
import { frameOf } from '../support/raw-http2.ts'

const message = Buffer.from('a message of some bytes')
const frame = frameOf(message)

/** What is collected of parts, the last of which ends the body. */
function collected(...parts: Buffer[]) {
  const collector = new MessageCollector()
  parts.forEach((part, at) => collector.take(part, at === parts.length - 1))
  const { result } = collector
  return result !== undefined && 'refused' in result ? result.code : result
}

void t.test('a frame is collected wherever it is split', async (t) => {
  for (let at = 0; at <= frame.length; at += 1) {
    t.same(collected(frame.subarray(0, at), frame.subarray(at)), frame, `at byte ${at}`)
  }
  t.same(collected(frame, Buffer.alloc(0)), frame, 'the end may come alone')
})

void t.test('a frame is collected byte by byte', async (t) => {
  t.same(collected(...[...frame].map((byte) => Buffer.of(byte))), frame)
})

void t.test('a body that comes in one part is not copied, a part of it is', async (t) => {
  t.equal((collected(frame) as Buffer).buffer, frame.buffer)
  const chunk = Buffer.from(frame)
  const collector = new MessageCollector()
  collector.take(chunk.subarray(0, 9), false)
  chunk.fill(0)
  collector.take(frame.subarray(9), true)
  t.same(collector.result, frame)
})

void t.test('a message of exactly the limit is collected', async (t) => {
  const large = frameOf(Buffer.alloc(messageBytesMax, 'sallyport'))
  const parts: Buffer[] = []
  for (let at = 0; at < large.length; at += 16_384) parts.push(large.subarray(at, at + 16_384))
  t.ok(large.equals(collected(...parts) as Buffer))
})

const refused: Readonly<Record<string, readonly [parts: readonly Buffer[], code: string]>> = {
  'no body': [[Buffer.alloc(0)], 'message_malformed'],
  'a part of a prefix': [[frame.subarray(0, 4)], 'message_malformed'],
  'a prefix alone': [[frame.subarray(0, 5)], 'message_malformed'],
  'a message that is cut off': [[frame.subarray(0, -1)], 'message_malformed'],
  'two messages': [[frame, frame], 'message_malformed'],
  'two messages in one part': [[Buffer.concat([frame, frame])], 'message_malformed'],
  'a byte behind the message': [[frame, Buffer.alloc(1)], 'message_malformed'],
  'a byte behind an empty message': [[Buffer.alloc(5), Buffer.alloc(1)], 'message_malformed'],
  'a byte behind a prefix in parts': [[Buffer.alloc(4), Buffer.alloc(2)], 'message_malformed'],
  'a prefix of more than the limit': [
    [frameOf(Buffer.alloc(0), 0, messageBytesMax + 1)],
    'message_too_large',
  ],
  'a prefix of 4 GiB': [[frameOf(Buffer.alloc(0), 0, 2 ** 32 - 1)], 'message_too_large'],
}

for (const [name, [parts, code]] of Object.entries(refused)) {
  void t.test(`${name}: ${code}`, async (t) => {
    t.equal(collected(...parts), code)
  })
}

void t.test('what is too large, or too much, is known before the end', async (t) => {
  for (const parts of [[frameOf(Buffer.alloc(10), 0, 2 ** 31)], [frame, Buffer.alloc(1)]]) {
    const collector = new MessageCollector()
    for (const part of parts) collector.take(part, false)
    t.match(collector.result, { refused: true })
    t.equal(collector.heldBytes, 0, 'and nothing is held')
    collector.take(frame, true)
    t.match(collector.result, { refused: true })
  }
})

void t.test('a caller who promises much and sends nothing holds no memory', async (t) => {
  const before = process.memoryUsage().rss
  const collectors = Array.from({ length: 200 }, () => new MessageCollector())
  for (const collector of collectors) {
    collector.take(frameOf(Buffer.alloc(0), 0, messageBytesMax), false)
    collector.take(Buffer.alloc(1), false)
  }
  const grown = process.memoryUsage().rss - before
  t.ok(grown < 200 * 1024 * 1024, `${grown} bytes for promises of 800 MiB`)
  t.equal(collectors[0]?.heldBytes, 6)
})

void t.test('what is stopped is refused for that, and what is whole stays', async (t) => {
  const why = refusal('message_malformed', 'the body did not arrive in time')
  const half = new MessageCollector()
  half.take(frame.subarray(0, 9), false)
  half.stop(why)
  t.equal(half.result, why)
  t.equal(half.heldBytes, 0)
  const whole = new MessageCollector()
  whole.take(frame, true)
  whole.stop(why)
  t.same(whole.result, frame)
})
