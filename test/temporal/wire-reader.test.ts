import t from 'tap'
import {
  MalformedMessage,
  readLength,
  readTag,
  readVarint,
  skipValue,
  type Cursor,
} from '../../src/temporal/wire-reader.ts'

function cursorOf(...bytes: readonly number[]): Cursor {
  return { bytes: Uint8Array.from(bytes), offset: 0, end: bytes.length }
}

/** Writes a varint of at most 64 bits in its shortest form. */
function varint(value: bigint): number[] {
  return value < 0x80n ? [Number(value)] : [Number(value & 0x7fn) | 0x80, ...varint(value >> 7n)]
}

const nine = Array.from({ length: 9 }, () => 0xff)

void t.test('varints are read in full, up to 64 bits', async (t) => {
  const exact = [0n, 1n, 127n, 128n, 300n, 16_383n, 16_384n, 2n ** 31n, 2n ** 32n, 2n ** 53n]
  for (const value of exact) {
    const cursor = cursorOf(...varint(value), 0x55)
    t.equal(readVarint(cursor), Number(value))
    t.equal(cursor.offset, cursor.end - 1, 'what follows is left alone')
  }
  t.equal(readVarint(cursorOf(...nine, 1)), 2 ** 64)
})

const malformedVarints: readonly [what: string, bytes: readonly number[], message: RegExp][] = [
  ['nothing', [], /cut off/],
  ['a first half', [0x80], /cut off/],
  ['a first half of ten bytes', nine, /cut off/],
  ['zero in two bytes', [0x80, 0x00], /shortest/],
  ['one in two bytes', [0x81, 0x00], /shortest/],
  ['one in ten bytes', [0x81, ...nine.slice(1).map(() => 0x80), 0x00], /shortest/],
  ['65 bits', [...nine, 0x02], /64 bits/],
  ['eleven bytes', [...nine, 0xff, 0x01], /ten bytes/],
]

for (const [what, bytes, message] of malformedVarints) {
  void t.test(`${what} is not read as a varint`, async (t) => {
    t.throws(() => readVarint(cursorOf(...bytes)), { name: 'MalformedMessage', message })
  })
}

void t.test('a varint ends where its message ends, even if bytes go on', async (t) => {
  const cursor = { bytes: Uint8Array.of(0x81, 0x01), offset: 0, end: 1 }
  t.throws(() => readVarint(cursor), /cut off/)
})

void t.test('a tag is a field number and a wire type', async (t) => {
  t.strictSame(readTag(cursorOf(0x0a)), { number: 1, wireType: 2 })
  t.strictSame(readTag(cursorOf(...varint(8n * 16n + 5n))), { number: 16, wireType: 5 })
  const largest = varint(8n * (2n ** 29n - 1n) + 7n)
  t.strictSame(readTag(cursorOf(...largest)), { number: 2 ** 29 - 1, wireType: 7 })
})

void t.test('a field number of zero, or of more than 29 bits, is refused', async (t) => {
  for (const tag of [0n, 2n, 7n, 2n ** 32n, 2n ** 32n + 10n, 2n ** 64n - 1n]) {
    t.throws(() => readTag(cursorOf(...varint(tag))), /out of range/, `${tag}`)
  }
})

void t.test('a length is stepped over, if that many bytes are there', async (t) => {
  const cursor = cursorOf(2, 0x61, 0x62, 0x63)
  t.strictSame(readLength(cursor), { start: 1, end: 3 })
  t.equal(cursor.offset, 3)
  t.strictSame(readLength(cursorOf(0)), { start: 1, end: 1 })
  t.throws(() => readLength(cursorOf(2, 0x61)), /cut off/)
  t.throws(() => readLength(cursorOf(...nine, 1, 0x61)), /cut off/)
  const inner = { bytes: Uint8Array.of(2, 0x61, 0x62), offset: 0, end: 2 }
  t.throws(() => readLength(inner), /cut off/, 'the bytes belong to the message around it')
})

void t.test('values that are not read are stepped over, framing and all', async (t) => {
  const values: readonly [wireType: number, bytes: readonly number[]][] = [
    [0, [0x80, 0x01]],
    [1, [1, 2, 3, 4, 5, 6, 7, 8]],
    [2, [3, 1, 2, 3]],
    [5, [1, 2, 3, 4]],
  ]
  for (const [wireType, bytes] of values) {
    const cursor = cursorOf(...bytes, 0x55)
    skipValue(cursor, wireType)
    t.equal(cursor.offset, bytes.length, `wire type ${wireType}`)
    for (let length = 0; length < bytes.length; length++) {
      const cut = cursorOf(...bytes.slice(0, length))
      t.throws(() => skipValue(cut, wireType), MalformedMessage, `cut at ${length}`)
    }
  }
  t.throws(() => skipValue(cursorOf(0x80, 0x00), 0), /shortest/)
})

void t.test('groups and wire types that are not taken are refused', async (t) => {
  for (const wireType of [3, 4, 6, 7]) {
    t.throws(() => skipValue(cursorOf(0, 0, 0, 0), wireType), /is not used/, `${wireType}`)
  }
})
