import t from 'tap'
import { MessageFrames } from '../../src/forward/message-frames.ts'

void t.test('a message is framed as gRPC frames it, uncompressed', async (t) => {
  const frames = new MessageFrames()
  t.same(frames.frame(Buffer.from('hello')), [Buffer.from('\0\0\0\0\x05hello')])
  t.same(frames.frame(Buffer.of()), [Buffer.alloc(5)])
})

void t.test('frames do not touch each other, and large messages are not copied', async (t) => {
  const frames = new MessageFrames()
  const messages = [10, 2_000, 4_096, 4_097, 1_000, 1_000, 1_000, 300_000, 0].map((bytes, index) =>
    Buffer.alloc(bytes, index + 1),
  )
  const framed = messages.map((message) => frames.frame(message))
  for (const [index, parts] of framed.entries()) {
    const message = messages[index] as Buffer
    const frame = Buffer.concat(parts)
    t.equal(frame.readUInt32BE(1), message.length)
    t.ok(frame.subarray(5).equals(message))
    t.equal(parts.length, message.length > 4_096 ? 2 : 1)
    if (parts.length === 2) t.equal(parts[1]?.buffer, message.buffer)
  }
  const slabs = framed.map(([first]) =>
    framed.findIndex(([other]) => other?.buffer === first?.buffer),
  )
  t.same(slabs, [0, 0, 0, 0, 0, 0, 6, 6, 6], 'small ones lie together')
})
