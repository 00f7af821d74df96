import t from 'tap'
import { FrameReader } from '../../../src/wire/frames/frame-reader.ts'
import { FrameWriter } from '../../../src/wire/frames/frame-writer.ts'

/** Each frame as `type flags stream payload`, the payload in hex, or its length where it is long. */
function framesOf(pieces: readonly Buffer[]): readonly string[] {
  const found: string[] = []
  const reader = new FrameReader(
    {
      frame: (type, flags, streamId, payload) => {
        const text = payload.length > 40 ? `${payload.length} bytes` : payload.toString('hex')
        found.push(`${type} ${flags} ${streamId} ${text}`.trimEnd())
        return true
      },
      oversized: () => found.push('oversized'),
    },
    16_384,
  )
  for (const piece of pieces) reader.push(piece)
  if (reader.heldBytes > 0) found.push('and a part of a frame')
  return found
}

t.test('each frame is written as RFC 9113, section 6, has it', async (t) => {
  const writer = new FrameWriter()
  writer.headers(1, Buffer.from('82', 'hex'), false)
  writer.headers(3, Buffer.from('82', 'hex'), true)
  writer.data(1, Buffer.from('abc'), false)
  writer.data(1, Buffer.alloc(0), true)
  writer.reset(2 ** 31 - 1, 8)
  writer.settings([
    [3, 100],
    [4, 2 ** 31 - 1],
  ])
  writer.settings([])
  writer.settingsAck()
  writer.ping(Buffer.from('01234567'), false)
  writer.ping(Buffer.from('01234567'), true)
  writer.goaway(5, 11, 'calm')
  writer.windowUpdate(0, 65_535)
  const { bytes } = writer
  const pieces = writer.take()
  t.same(framesOf(pieces), [
    '1 4 1 82',
    '1 5 3 82',
    '0 0 1 616263',
    '0 1 1',
    '3 0 2147483647 00000008',
    '4 0 0 00030000006400047fffffff',
    '4 0 0',
    '4 1 0',
    '6 0 0 3031323334353637',
    '6 1 0 3031323334353637',
    '7 0 0 000000050000000b63616c6d',
    '8 0 0 0000ffff',
  ])
  t.equal(pieces.length, 1, 'all in one piece')
  t.equal(bytes, Buffer.concat(pieces).length)
  t.equal(writer.bytes, 0)
  t.same(writer.take(), [])
})

t.test('a header block goes out in as many frames as it needs', async (t) => {
  const lines = (size: number) => {
    const writer = new FrameWriter()
    writer.headers(1, Buffer.alloc(size), true)
    return framesOf(writer.take())
  }
  t.same(lines(0), ['1 5 1'])
  t.same(lines(16_384), ['1 5 1 16384 bytes'])
  t.same(lines(16_385), ['1 1 1 16384 bytes', '9 4 1 00'])
  t.same(lines(32_768), ['1 1 1 16384 bytes', '9 4 1 16384 bytes'])
  t.same(lines(40_000), ['1 1 1 16384 bytes', '9 0 1 16384 bytes', '9 4 1 7232 bytes'])
})

t.test('the parts of a block are the block', async (t) => {
  const writer = new FrameWriter()
  const block = Buffer.from(Array.from({ length: 40_000 }, (_, at) => at % 251))
  writer.headers(1, block, false)
  const parts: Buffer[] = []
  const frame = (_type: number, _flags: number, _id: number, payload: Buffer) =>
    parts.push(Buffer.from(payload)) > 0
  const reader = new FrameReader({ frame, oversized: () => undefined }, 16_384)
  for (const piece of writer.take()) reader.push(piece)
  t.equal(Buffer.concat(parts).equals(block), true)
})

t.test('large payloads are handed on, small ones are copied', async (t) => {
  const writer = new FrameWriter()
  const small = Buffer.alloc(4096)
  const large = Buffer.alloc(4097)
  writer.data(1, small, false)
  writer.data(1, large, true)
  writer.windowUpdate(0, 1)
  const pieces = writer.take()
  t.equal(pieces.length, 4)
  t.equal(pieces[2], large)
  t.equal(Buffer.concat(pieces).length, 3 * 9 + 4096 + 4097 + 4)
  t.same(framesOf(pieces), ['0 0 1 4096 bytes', '0 1 1 4097 bytes', '8 0 0 00000001'])
})

t.test('a payload that is handed on takes no room for itself', async (t) => {
  const writer = new FrameWriter()
  const payload = Buffer.alloc(16_384)
  for (let round = 0; round < 20; round++) writer.data(1, payload, false)
  const headers = writer.take().filter((piece) => piece !== payload)
  t.equal(headers.length, 20)
  t.equal(new Set(headers.map((piece) => piece.buffer)).size, 1, 'one piece of memory for all')
})

t.test('what was taken is not written over', async (t) => {
  const writer = new FrameWriter()
  writer.reset(1, 1)
  const before = writer.take()
  const seen = framesOf(before)
  for (let round = 0; round < 1000; round++) writer.reset(3, 2)
  t.same(framesOf(before), seen)
  t.equal(framesOf(writer.take()).length, 1000)
})

t.test('after much, one piece is enough for as much again', async (t) => {
  const writer = new FrameWriter()
  const write = () => {
    for (let round = 0; round < 500; round++) writer.data(1, Buffer.alloc(50), false)
    return writer.take().length
  }
  t.ok(write() > 2)
  write()
  t.ok(write() <= 2)
})

t.test('the preface goes out as it is', async (t) => {
  const writer = new FrameWriter()
  writer.preface(Buffer.from('PRI'))
  writer.settingsAck()
  t.equal(Buffer.concat(writer.take()).toString('hex'), '505249000000040100000000')
})
