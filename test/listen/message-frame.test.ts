import { gzipSync } from 'node:zlib'
import t from 'tap'
import { refusal, type Refusal } from '../../src/core/refusal.ts'
import { isKnownEncoding, messageBytesMax, messageIn } from '../../src/listen/message-frame.ts'
import { frameOf } from '../support/raw-http2.ts'

const message = Buffer.from('a message of some bytes')
const frame = frameOf(message)

const roomForAll = () => undefined

const codeOf = (read: Uint8Array | Refusal) => (read instanceof Uint8Array ? 'read' : read.code)

async function isRead(whole: Uint8Array, encoding: string, expected: Uint8Array): Promise<boolean> {
  const read = await messageIn(whole, encoding, roomForAll)
  return read instanceof Uint8Array && Buffer.from(read).equals(expected)
}

void t.test('identity and gzip are known, and nothing else', async (t) => {
  t.same(['identity', 'gzip', '', 'gzip,identity', 'GZIP'].map(isKnownEncoding), [
    true,
    true,
    false,
    false,
    false,
  ])
})

void t.test('a message that is not compressed is read, whatever its size', async (t) => {
  for (const size of [0, 1, messageBytesMax]) {
    const plain = Buffer.alloc(size, 'sallyport')
    t.ok(await isRead(frameOf(plain), 'identity', plain))
    t.ok(await isRead(frameOf(plain), 'gzip', plain), 'it may say gzip')
  }
})

function sayingThatItIs(bytes: number, member: Buffer): Buffer {
  member.writeUInt32LE(bytes, member.length - 4)
  return member
}

const refused: Readonly<Record<string, readonly [frame: Buffer, encoding: string, code: string]>> =
  {
    'a compressed message without an encoding': [
      frameOf(gzipSync(message), 1),
      'identity',
      'message_malformed',
    ],
    'a flag that does not exist': [frameOf(message, 2), 'gzip', 'message_malformed'],
    'another encoding': [frame, 'deflate', 'encoding_unsupported'],
    'an encoding that is a list': [frame, 'gzip,identity', 'encoding_unsupported'],
    'an empty encoding': [frame, '', 'encoding_unsupported'],
    'garbage that says it is gzip': [frameOf(message, 1), 'gzip', 'message_malformed'],
    'much garbage that says it is gzip': [
      frameOf(Buffer.alloc(100_000, 'x'), 1),
      'gzip',
      'message_malformed',
    ],
    'nothing that says it is gzip': [frameOf(Buffer.alloc(0), 1), 'gzip', 'message_malformed'],
    'gzip that is cut off': [
      frameOf(gzipSync(message).subarray(0, -4), 1),
      'gzip',
      'message_malformed',
    ],
    'a bomb': [frameOf(gzipSync(Buffer.alloc(64 * 1024 * 1024)), 1), 'gzip', 'message_too_large'],
    'a small bomb': [
      frameOf(gzipSync(Buffer.alloc(messageBytesMax + 1)), 1),
      'gzip',
      'message_too_large',
    ],
    'a bomb that says it is small': [
      frameOf(sayingThatItIs(100, gzipSync(Buffer.alloc(64 * 1024 * 1024))), 1),
      'gzip',
      'message_too_large',
    ],
    'a message that says it is smaller than it is': [
      frameOf(sayingThatItIs(1, gzipSync(message)), 1),
      'gzip',
      'message_malformed',
    ],
    'a bomb of many members': [
      frameOf(Buffer.concat(Array<Buffer>(9).fill(gzipSync(Buffer.alloc(messageBytesMax / 8)))), 1),
      'gzip',
      'message_too_large',
    ],
  }

for (const [name, [whole, encoding, code]] of Object.entries(refused)) {
  void t.test(`${name}: ${code}`, async (t) => {
    t.equal(codeOf(await messageIn(whole, encoding, roomForAll)), code)
  })
}

void t.test('a compressed message is inflated, of several members too', async (t) => {
  t.ok(await isRead(frameOf(gzipSync(message), 1), 'gzip', message))
  const halves = [message.subarray(0, 9), message.subarray(9)].map((half) => gzipSync(half))
  t.ok(await isRead(frameOf(Buffer.concat(halves), 1), 'gzip', message))
  const large = Buffer.alloc(messageBytesMax)
  t.ok(await isRead(frameOf(gzipSync(large), 1), 'gzip', large), 'up to the limit')
})

void t.test('room is asked for before anything is inflated', async (t) => {
  const asked: number[] = []
  const full = (bytes: number) => {
    asked.push(bytes)
    return refusal('overloaded', 'no room')
  }
  for (const size of [1_000, 1_000_000]) {
    const whole = frameOf(gzipSync(Buffer.alloc(size)), 1)
    t.equal(codeOf(await messageIn(whole, 'gzip', full)), 'overloaded')
  }
  t.same(asked, [1_000, 1_000_000], 'for as much as there is going to be')
})

void t.test('for several members there must be room for the largest message', async (t) => {
  const members = Buffer.concat([gzipSync(message), gzipSync(message)])
  const asked: number[] = []
  const fullForMore = (bytes: number) => {
    asked.push(bytes)
    return asked.length > 1 ? refusal('overloaded', 'no room') : undefined
  }
  t.equal(codeOf(await messageIn(frameOf(members, 1), 'gzip', fullForMore)), 'overloaded')
  t.same(asked, [message.length, messageBytesMax])
})
