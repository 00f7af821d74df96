import t from 'tap'
import { parsedEntry } from '../../src/record/parsed-entry.ts'

t.test('an entry is an object', async (t) => {
  t.strictSame(parsedEntry('{"seq":1,"kind":"start"}'), { seq: 1, kind: 'start' })
})

for (const line of ['', '{', '{"seq":1', 'null', '5', '"text"', 'seq 1']) {
  t.test(`no entry: ${line || 'an empty line'}`, async (t) => {
    t.equal(parsedEntry(line), undefined)
  })
}
