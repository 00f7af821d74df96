import t from 'tap'
import { HpackDecoder } from '../../../src/wire/hpack/decoder.ts'
import { staticTable } from '../../../src/wire/hpack/static-table.ts'

t.test('the static table has the 61 entries of RFC 7541, appendix A', async (t) => {
  t.equal(staticTable.length, 61)
  t.same(staticTable[0], [':authority', ''])
  t.same(staticTable[1], [':method', 'GET'])
  t.same(staticTable[15], ['accept-encoding', 'gzip, deflate'])
  t.same(staticTable[60], ['www-authenticate', ''])
  t.same(
    staticTable.filter(([, value]) => value !== '').map(([, value]) => value),
    [
      'GET',
      'POST',
      '/',
      '/index.html',
      'http',
      'https',
      '200',
      '204',
      '206',
      '304',
      '400',
      '404',
      '500',
      'gzip, deflate',
    ],
  )
})

t.test('names stand in the order of the alphabet, but for the accept family', async (t) => {
  const names = staticTable.map(([name]) => name)
  const moved = names.filter((name, at) => at > 0 && name < (names[at - 1] ?? ''))
  t.same(moved, ['accept'])
})

t.test('an index is the place in the table, from one on', async (t) => {
  const decoder = new HpackDecoder({ tableBytesMax: 0, listBytesMax: 1000 })
  for (const [at, field] of staticTable.entries()) {
    t.same(decoder.decode(Buffer.from([0x80 | (at + 1)]))?.list, field)
  }
})
