import t from 'tap'
import { HpackDecoder } from '../../../src/wire/hpack/decoder.ts'
import { hpackExamples } from '../../support/hpack-examples.ts'

/** What a decoder's dynamic table holds, read by its indexes from 62 on, newest first. */
function tableOf(decoder: HpackDecoder): readonly string[] {
  const found: string[] = []
  for (let index = 62; ; index++) {
    const field = decoder.decode(Buffer.from([0x80 | index]))
    if (field === undefined) return found
    found.push(...field.list)
  }
}

for (const { title, tableBytesMax, blocks } of hpackExamples) {
  t.test(`RFC 7541, appendix ${title}, is decoded to what it says`, async (t) => {
    const decoder = new HpackDecoder({ tableBytesMax, listBytesMax: 65_536 })
    for (const { section, hex, list, tableBytes, table } of blocks) {
      const decoded = decoder.decode(Buffer.from(hex, 'hex'))
      t.same(decoded, { list, isLegal: true, isTooLarge: false }, section)
      t.equal(decoder.tableBytes, tableBytes, `${section}: size of the table`)
      t.same(tableOf(decoder), table, `${section}: the table`)
    }
  })
}
