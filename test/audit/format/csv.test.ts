import t from 'tap'
import { csvHeader, csvRow } from '../../../src/audit/format/csv.ts'
import { sampleEntries as samples } from '../../support/sample-entries.ts'

/** The cells of a row by their columns, read as RFC 4180 says. */
function read(row: string): Record<string, string> {
  const cells = [...`,${row}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  )
  const names = csvHeader.split(',')
  if (cells.length !== names.length) throw new Error(`${cells.length} cells: ${row}`)
  return Object.fromEntries(names.map((name, at) => [name, cells[at] ?? '']))
}

t.test('every row has the columns of the header', async (t) => {
  for (const [name, entry] of Object.entries(samples)) {
    t.match(read(csvRow(entry)), { seq: String(entry.seq), kind: entry.kind }, name)
  }
  t.match(read(csvRow({ ...samples.allowed, verbs: ['signal', 'start'] })), {
    verbs: 'signal start',
    bytes: '585',
    namespace: 'payments',
    code: '',
  })
})

t.test('what a spreadsheet would run is text, and a row is one line', async (t) => {
  const values: [string, string][] = [
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['  =1', "'  =1"],
    ['＝1', "'＝1"],
    ['\t=1', '\\u{9}=1'],
    ['\r=1', '\\u{d}=1'],
    ['a"b', 'a"b'],
    ['a,b;c', 'a,b;c'],
    ['a\nb', 'a\\u{a}b'],
    ['\u202eb', '\\u{202e}b'],
    ['a=b', 'a=b'],
  ]
  for (const [value, shown] of values) {
    const row = csvRow({ workflow_id: value })
    t.equal(read(row)['workflow_id'], shown, JSON.stringify(value))
    t.notMatch(row, /[\r\n\t]/)
  }
  t.equal(read(csvRow({ duration_ms: -1 }))['duration_ms'], '-1', 'a number is no formula')
})

t.test(
  'CSV injection where a semicolon separates: no part of a value begins a formula',
  async (t) => {
    const values: [string, string][] = [
      ['x;=HYPERLINK("http://evil";A2);y', `x;'=HYPERLINK("http://evil";A2);y`],
      ['x;+1;-1;@SUM(A1)', "x;'+1;'-1;'@SUM(A1)"],
      ['x;  =1', "x;'  =1"],
      ['x;＝1;＋1;－1;＠A', "x;'＝1;'＋1;'－1;'＠A"],
      ['=1;=2', "'=1;'=2"],
      [';=1', ";'=1"],
      // A quote there begins a quoted cell, of which a spreadsheet takes the text.
      ['x;"=1+1"', `x;'"=1+1"`],
      ['x; ""=1', `x;' ""=1`],
      ['x;\t=1', 'x;\\u{9}=1'],
      ['x;\r=1', 'x;\\u{d}=1'],
      ['x;y=1', 'x;y=1'],
    ]
    for (const [value, shown] of values) {
      const row = csvRow({ workflow_id: value })
      t.equal(read(row)['workflow_id'], shown, JSON.stringify(value))
      t.notMatch(row, /;[\s"]*[=+\-@＝＋－＠\t\r]/u)
    }
    t.match(read(csvRow({ verbs: ['a;', '=1'] })), { verbs: "a;' =1" }, 'nor do parts of a list')
  },
)

t.test('what no entry has is shown as it is', async (t) => {
  t.match(read(csvRow({ seq: null, ref: true, detail: { a: 1 } })), {
    seq: '',
    ref: 'true',
    detail: '{"a":1}',
  })
})
