import t from 'tap'
import { HpackDecoder } from '../../../src/wire/hpack/decoder.ts'
import { HpackEncoder } from '../../../src/wire/hpack/encoder.ts'
import { createRandom, type Random } from '../../support/random.ts'

const listBytesMax = 2000
const tableBytesMax = 1000

/** Blocks of an encoder with a history: something worth damaging. */
function sampleBlocks(random: Random): readonly Buffer[] {
  const encoder = new HpackEncoder(tableBytesMax)
  const names = [':method', ':path', 'authorization', 'te', 'a', 'grpc-timeout', 'x-long-name']
  return Array.from({ length: 500 }, () => {
    if (random.below(10) === 0) encoder.limit(random.below(tableBytesMax * 2))
    const list = Array.from({ length: random.below(6) }, () => [
      random.oneOf(names),
      String(random.below(40)).repeat(random.oneOf([0, 1, 1, 20, 200])),
    ]).flat()
    return Buffer.from(encoder.encode(list))
  })
}

const edges = [0x00, 0x0f, 0x1f, 0x20, 0x3f, 0x40, 0x7f, 0x80, 0x81, 0xbe, 0xbf, 0xc0, 0xfe, 0xff]

function damaged(block: Buffer, other: Buffer, random: Random): Buffer {
  const bytes = Buffer.from(block)
  const at = random.below(bytes.length + 1)
  switch (random.below(7)) {
    case 0:
      if (at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8))
      return bytes
    case 1:
      if (at < bytes.length) bytes[at] = random.oneOf(edges)
      return bytes
    case 2:
      return bytes.subarray(0, at)
    case 3:
      return Buffer.concat([bytes.subarray(0, at), other.subarray(random.below(other.length + 1))])
    case 4:
      return Buffer.from(Array.from({ length: random.below(40) }, () => random.below(256)))
    case 5:
      return Buffer.concat(Array.from({ length: random.below(60) }, () => bytes.subarray(0, at)))
    default:
      return bytes
  }
}

/** What is wrong with a result, if anything. */
function complaint(decoder: HpackDecoder, block: Buffer): string | undefined {
  const decoded = decoder.decode(block)
  if (decoder.tableBytes < 0 || decoder.tableBytes > tableBytesMax) return 'the table is too large'
  if (decoded === undefined) return undefined
  const { list, isTooLarge } = decoded
  if (list.length % 2 !== 0) return 'a name without a value'
  if (!list.every((text) => typeof text === 'string')) return 'no string'
  const bytes = list.reduce((sum, text) => sum + text.length + 16, 0)
  if (bytes > listBytesMax) return 'the list is too large'
  return isTooLarge === undefined ? 'does not say whether it is too large' : undefined
}

t.test('no block, whatever is in it, does more than be a list or none', async (t) => {
  for (const seed of [1, 2, 3, 4]) {
    const random = createRandom(seed)
    const blocks = sampleBlocks(random)
    let decoder = new HpackDecoder({ tableBytesMax, listBytesMax })
    let none = 0
    for (let run = 0; run < 50_000; run++) {
      // A real connection ends with the first block that is none; here the table lives on for a while.
      if (run % 200 === 0) decoder = new HpackDecoder({ tableBytesMax, listBytesMax })
      const block = damaged(random.oneOf(blocks), random.oneOf(blocks), random)
      const wrong = complaint(decoder, block)
      if (wrong !== undefined)
        t.fail(`seed ${seed}, run ${run}: ${wrong}: ${block.toString('hex')}`)
      if (decoder.decode(Buffer.alloc(0)) === undefined) none++
    }
    t.equal(none, 0, 'an empty block is a list afterwards')
  }
})

t.test('a damaged block leaves a table that still is one', async (t) => {
  const random = createRandom(5)
  const blocks = sampleBlocks(random)
  const decoder = new HpackDecoder({ tableBytesMax, listBytesMax: 10_000 })
  const held = () => {
    let bytes = 0
    for (let index = 62; index < 62 + 64; index++) {
      const field = decoder.decode(Buffer.from([0x80 | index]))
      if (field === undefined) break
      bytes += 32 + field.list.join('').length
    }
    return bytes
  }
  for (let run = 0; run < 20_000; run++) {
    decoder.decode(damaged(random.oneOf(blocks), random.oneOf(blocks), random))
    if (run % 10 === 0 && held() !== decoder.tableBytes) t.fail(`run ${run}`)
  }
})
