import t from 'tap'
import { FrameReader } from '../../../src/wire/frames/frame-reader.ts'
import { createRandom } from '../../support/random.ts'

interface Frame {
  readonly type: number
  readonly flags: number
  readonly streamId: number
  readonly payload: string
}

function bytesOf({ type, flags, streamId, payload }: Frame): Buffer {
  const bytes = Buffer.alloc(9 + payload.length / 2)
  bytes.writeUIntBE(payload.length / 2, 0, 3)
  bytes[3] = type
  bytes[4] = flags
  bytes.writeUInt32BE(streamId, 5)
  bytes.write(payload, 9, 'hex')
  return bytes
}

/** A reader of frames up to 100 bytes, and what it told. It stops at a frame of the type 0xee. */
function createReader() {
  const frames: Frame[] = []
  const oversized: (readonly [type: number, streamId: number])[] = []
  const reader = new FrameReader(
    {
      frame: (type, flags, streamId, payload) => {
        frames.push({ type, flags, streamId, payload: payload.toString('hex') })
        return type !== 0xee
      },
      oversized: (type, streamId) => oversized.push([type, streamId]),
    },
    100,
  )
  return { reader, frames, oversized }
}

const one: Frame = { type: 1, flags: 4, streamId: 3, payload: 'aabbcc' }
const empty: Frame = { type: 0, flags: 1, streamId: 2 ** 31 - 1, payload: '' }
const full: Frame = { type: 0xff, flags: 0xff, streamId: 0, payload: '5a'.repeat(100) }
const stop: Frame = { type: 0xee, flags: 0, streamId: 0, payload: '' }
const tooLarge: Frame = { type: 9, flags: 0, streamId: 5, payload: '00'.repeat(101) }

t.test('frames in one piece come one by one', async (t) => {
  const { reader, frames } = createReader()
  reader.push(Buffer.concat([one, empty, full].map(bytesOf)))
  t.same(frames, [one, empty, full])
  t.equal(reader.heldBytes, 0)
  reader.push(Buffer.alloc(0))
  t.equal(frames.length, 3)
})

t.test('frames come out the same however they are cut', async (t) => {
  const bytes = Buffer.concat([one, empty, full, one].map(bytesOf))
  for (let size = 1; size <= bytes.length; size++) {
    const { reader, frames } = createReader()
    for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size))
    t.same(frames, [one, empty, full, one], `pieces of ${size}`)
    t.equal(reader.heldBytes, 0)
  }
})

t.test('so do thousands, cut anywhere', async (t) => {
  const random = createRandom(9113)
  const sent = Array.from({ length: 3000 }, () => ({
    type: random.below(20),
    flags: random.below(256),
    streamId: random.below(2 ** 31),
    payload: random.below(256).toString(16).padStart(2, '0').repeat(random.below(101)),
  }))
  const bytes = Buffer.concat(sent.map(bytesOf))
  const { reader, frames } = createReader()
  for (let at = 0; at < bytes.length;) {
    const size = random.below(random.oneOf([2, 20, 1000])) + 1
    reader.push(bytes.subarray(at, at + size))
    at += size
    if (reader.heldBytes > 109) t.fail('more than one frame is held')
  }
  t.same(frames, sent)
})

t.test('the reserved bit of a stream id is not looked at', async (t) => {
  const { reader, frames } = createReader()
  const bytes = bytesOf(one)
  bytes[5] = 0x80
  reader.push(bytes)
  t.same(frames, [one])
})

t.test('a frame in parts is held, and no more than it', async (t) => {
  const { reader, frames } = createReader()
  const bytes = bytesOf(full)
  reader.push(bytes.subarray(0, 4))
  t.equal(reader.heldBytes, 4)
  reader.push(bytes.subarray(4, 60))
  t.equal(reader.heldBytes, 60)
  reader.push(Buffer.concat([bytes.subarray(60), bytesOf(one).subarray(0, 2)]))
  t.equal(reader.heldBytes, 2)
  t.same(frames, [full])
})

t.test('what is held is a copy', async (t) => {
  const { reader, frames } = createReader()
  const bytes = bytesOf(one)
  const part = Buffer.from(bytes.subarray(0, 10))
  reader.push(part)
  part.fill(0)
  reader.push(bytes.subarray(10))
  t.same(frames, [one])
})

t.test('a frame that is too large is told of by its header, and is the end', async (t) => {
  const bytes = Buffer.concat([one, tooLarge, one].map(bytesOf))
  for (const size of [1, 8, 9, 10, 12, 20, bytes.length]) {
    const { reader, frames, oversized } = createReader()
    for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size))
    t.same(frames, [one], `pieces of ${size}`)
    t.same(oversized, [[9, 5]])
  }
})

t.test('a length of 24 bits asks for no memory', async (t) => {
  const { reader, oversized } = createReader()
  reader.push(Buffer.from('ffffff000000000001', 'hex'))
  t.same(oversized, [[0, 1]])
  t.equal(reader.heldBytes, 0)
})

t.test(
  'nothing is read behind where it was told to wait, until the rest comes again',
  async (t) => {
    const bytes = Buffer.concat([one, stop, one].map(bytesOf))
    for (const size of [1, 12, 13, 21, 22, bytes.length]) {
      const { reader, frames } = createReader()
      let at = 0
      while (frames.length < 2) at += reader.push(bytes.subarray(at, at + size))
      t.same(frames, [one, stop], `pieces of ${size}`)
      t.equal(at, 21)
      t.equal(reader.push(bytes.subarray(at)), bytes.length - at)
      t.same(frames, [one, stop, one])
    }
  },
)
