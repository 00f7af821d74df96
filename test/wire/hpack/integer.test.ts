import t from 'tap'
import { IntegerReader, writeInteger } from '../../../src/wire/hpack/integer.ts'

function read(hex: string, prefixBits: number) {
  const bytes = Buffer.from(hex, 'hex')
  const reader = new IntegerReader()
  const value = reader.read(bytes, bytes.length, prefixBits)
  return { value, offset: reader.offset }
}

function write(value: number, prefixBits: number, above = 0): string {
  const into = Buffer.alloc(16)
  return into.subarray(0, writeInteger(value, { prefixBits, above }, into, 0)).toString('hex')
}

t.test('the examples of RFC 7541, appendix C.1, come out both ways', async (t) => {
  const examples = [
    [10, 5, '0a'],
    [1337, 5, '1f9a0a'],
    [42, 8, '2a'],
  ] as const
  for (const [value, prefixBits, hex] of examples) {
    t.equal(write(value, prefixBits), hex)
    t.same(read(hex, prefixBits), { value, offset: hex.length / 2 })
  }
})

t.test('bits above the prefix are kept apart', async (t) => {
  t.equal(write(1337, 5, 0x20), '3f9a0a')
  t.equal(read('ea', 5).value, 10)
  t.equal(read('ff9a0a', 5).value, 1337)
})

t.test('every prefix takes every size of integer, and reads what it wrote', async (t) => {
  const edges = [0, 1, 127, 128, 255, 16_383, 16_384, 2 ** 21, 2 ** 28 - 1]
  for (let prefixBits = 1; prefixBits <= 8; prefixBits++) {
    const max = 2 ** prefixBits - 1
    for (const value of [...edges, max - 1, max, max + 127, max + 128]) {
      const hex = write(value, prefixBits)
      t.same(read(hex, prefixBits), { value, offset: hex.length / 2 }, `${value} in ${prefixBits}`)
    }
  }
})

t.test('integers are read one behind the other', async (t) => {
  const bytes = Buffer.from('1f9a0a0a', 'hex')
  const reader = new IntegerReader()
  t.equal(reader.read(bytes, bytes.length, 5), 1337)
  t.equal(reader.read(bytes, bytes.length, 5), 10)
})

t.test('zeros behind an integer are allowed, but not without end', async (t) => {
  t.equal(read('1f80808000', 5).value, 31)
  t.equal(read('1f8080808000', 5).value, -1)
})

t.test('an integer that is cut off is none', async (t) => {
  for (const hex of ['1f', '1f9a', '1fffff']) t.equal(read(hex, 5).value, -1, hex)
})

t.test('what lies behind the end is not read', async (t) => {
  const reader = new IntegerReader()
  t.equal(reader.read(Buffer.from('1f9a0a', 'hex'), 2, 5), -1)
})

t.test('an integer larger than any count is none, and never overflows', async (t) => {
  t.equal(read('ffffffff7f', 8).value, -1, '2 ** 28 and more')
  t.equal(read('ff80feff7f', 8).value, 2 ** 28 - 1, 'the largest')
  t.equal(read('ff81feff7f', 8).value, -1, 'one more')
  t.equal(read('1fffffffff0f', 5).value, -1, '2 ** 32 and more')
  t.equal(read(`1f${'ff'.repeat(100)}7f`, 5).value, -1)
})
