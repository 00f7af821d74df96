import t from 'tap'
import { markNeverIndexed } from '../../../src/wire/field-list.ts'
import { HpackDecoder } from '../../../src/wire/hpack/decoder.ts'
import { HpackEncoder } from '../../../src/wire/hpack/encoder.ts'
import { hpackExamples } from '../../support/hpack-examples.ts'
import { createRandom } from '../../support/random.ts'

/** An encoder, and a decoder that has seen all that it wrote. */
function createPair(ownBytesMax = 4096) {
  const encoder = new HpackEncoder(ownBytesMax)
  const decoder = new HpackDecoder({ tableBytesMax: 65_536, listBytesMax: 10_000_000 })
  const hex = (list: readonly string[]) => encoder.encode(list).toString('hex')
  const through = (list: readonly string[]) => decoder.decode(encoder.encode(list))?.list
  return { encoder, decoder, hex, through }
}

for (const { title, tableBytesMax, isHuffman, blocks } of hpackExamples) {
  if (!isHuffman) continue
  t.test(`RFC 7541, appendix ${title}, is encoded as it says`, async (t) => {
    const { hex } = createPair(tableBytesMax)
    // At C.6.2 Huffman is no shorter, and then we write plainly, as C.5.2 does.
    const written = (hex: string) => (hex === '4883640effc1c0bf' ? '4803333037c1c0bf' : hex)
    // The RFC leaves out that the size of the table was agreed on first.
    const agreed = tableBytesMax === 256 ? '3fe101' : ''
    for (const [at, block] of blocks.entries()) {
      t.equal(hex(block.list), `${at === 0 ? agreed : ''}${written(block.hex)}`, block.section)
    }
  })
}

t.test('a field costs a byte when it comes again', async (t) => {
  const { hex } = createPair()
  hex(['a', '1', 'b', '2'])
  t.equal(hex(['a', '1', 'b', '2', ':method', 'GET']), 'bfbe82')
})

t.test('of a name with many values each is found again', async (t) => {
  const { hex, encoder } = createPair()
  hex(['a', '1', 'a', '2'])
  t.equal(hex(['a', '1', 'a', '2']), 'bfbe')
  encoder.limit(40)
  t.equal(hex(['a', '2']), '3f09be', 'the older went')
})

t.test('values that hardly ever come twice are not put into the table', async (t) => {
  const { through, decoder } = createPair()
  const list = ['grpc-timeout', '9999m', 'content-length', '17', 'grpc-message', 'no']
  t.same(through(list), list)
  t.equal(decoder.tableBytes, 0)
})

t.test('nor is what would take more than half of it', async (t) => {
  const { through, decoder } = createPair()
  through(['a', 'x'.repeat(2015)])
  t.equal(decoder.tableBytes, 2048)
  through(['b', 'x'.repeat(2016)])
  t.equal(decoder.tableBytes, 2048)
})

t.test('strings are written plain where Huffman makes them no shorter', async (t) => {
  const { hex } = createPair()
  t.equal(hex(['grpc-timeout', '\u00ff\u00ff']).slice(-6), '02ffff')
  t.equal(hex(['grpc-timeout', '']).slice(-2), '00')
})

t.test('blocks of any size are written', async (t) => {
  const { through } = createPair()
  const list = ['a', '\u00ff'.repeat(100_000), 'b', '0'.repeat(100_000)]
  t.same(through(list), list)
  t.same(through([]), [])
})

t.test(
  'a table of our own that is smaller than what everybody starts with is announced',
  async (t) => {
    t.equal(createPair(100).hex([]), '3f45')
    t.equal(createPair(0).hex([':method', 'GET']), '2082')
    t.equal(createPair(4096).hex([]), '')
    t.equal(createPair(10_000).hex([]), '')
  },
)

t.test("the other side's limit is kept, and each change of size announced once", async (t) => {
  const { encoder, hex } = createPair()
  hex(['a', '1'])
  encoder.limit(4096)
  t.equal(hex([]), '', 'no change')
  encoder.limit(100)
  t.equal(hex([]), '3f45')
  t.equal(hex([]), '')
  encoder.limit(4096)
  t.equal(hex([]), '3fe11f')
  encoder.limit(1_000_000)
  t.equal(hex([]), '', 'we do not care for more')
})

t.test('of many changes between two blocks the smallest and the last are announced', async (t) => {
  const { encoder, hex, through, decoder } = createPair()
  through(['a', '1'])
  for (const limit of [1000, 10, 0, 500, 200]) encoder.limit(limit)
  t.equal(hex(['b', '2']), '203fa9014001620132', 'RFC 7541, section 4.2')
  t.equal(decoder.tableBytes, 34)
})

t.test('a table without room takes nothing', async (t) => {
  const { encoder, through, decoder } = createPair()
  encoder.limit(0)
  const list = [':method', 'POST', 'a', '1', 'authorization', 'Bearer x']
  t.same(through(list), list)
  t.same(through(list), list)
  t.equal(decoder.tableBytes, 0)
})

t.test('a text that is more than latin1 spoils its own field, and not the block', async (t) => {
  const { through } = createPair()
  t.same(through(['a', 'x\u0162y', 'b', '\u4e2d\u6587', 'c', '1']), [
    'a',
    'xby',
    'b',
    '-\u0087',
    'c',
    '1',
  ])
  t.same(through(['c', '1']), ['c', '1'])
})

t.test('long histories with changes of size are read as they were written', async (t) => {
  const random = createRandom(6)
  const names = ['a', 'b', ':path', 'authorization', 'grpc-timeout', 'x'.repeat(300)]
  const { encoder, through, decoder } = createPair(8192)
  for (let block = 0; block < 5000; block++) {
    if (random.below(20) === 0)
      encoder.limit(random.oneOf([0, 33, 40, 200, 1000, 4096, 8192, 2 ** 32 - 1]))
    const list = Array.from({ length: random.below(8) }, () => [
      random.oneOf(names),
      String(random.below(random.oneOf([2, 50, 5000]))).repeat(random.oneOf([1, 1, 30])),
    ]).flat()
    const seen = through(list)
    if (JSON.stringify(seen) !== JSON.stringify(list)) t.fail(`block ${block}`)
  }
  t.ok(decoder.tableBytes <= 8192)
})

t.test('what is never to be indexed is a literal each time: RFC 7541, section 6.2.3', async (t) => {
  const { through, decoder, encoder } = createPair()
  through(['x-key', 'k', ':method', 'GET'])
  const list = ['x-key', 'k', ':method', 'GET', 'a', '1']
  markNeverIndexed(list, 'x-key')
  markNeverIndexed(list, ':method')
  // Not by their places in the tables, where both stand.
  const xKey = '1084f2b752fa016b'
  const block = encoder.encode(list)
  t.equal(block.toString('hex').slice(0, xKey.length + 10), `${xKey}1203474554`)
  const again = decoder.decode(block)?.list
  t.same(again?.neverIndexed, new Set(['x-key', ':method']), 'and says so to whoever reads it')
  t.equal(decoder.tableBytes, 38 + 34, 'nothing is added but what may be')
})
