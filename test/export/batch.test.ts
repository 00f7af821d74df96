import { hash } from 'node:crypto'
import t from 'tap'
import { batchOf } from '../../src/export/batch.ts'
import { beginning } from '../../src/export/cursor-file.ts'
import { chainedLines, idOf } from '../support/chained-lines.ts'

const followed = (lines: readonly string[], from = 1) =>
  lines.map((line, index) => ({
    seq: from + index,
    line: Buffer.from(line),
    digest: hash('sha256', line),
  }))

t.test('entries come with their lines as the journal has them', async (t) => {
  const lines = chainedLines(4, 5)
  const { entries, end, since, unreadable } = batchOf(followed(lines, 4), beginning)
  t.same(
    entries.map(({ seq, line }) => [seq, line]),
    [
      [4, lines[0]],
      [5, lines[1]],
    ],
  )
  t.match(entries[0]?.entry, { seq: 4, decision_id: 'd-A-4' })
  t.same(end, {
    seq: 5,
    id: idOf(5),
    time: '2026-11-23T09:00:05.000Z',
    digest: hash('sha256', lines[1] ?? ''),
  })
  t.equal(since, Date.parse('2026-11-23T09:00:04.000Z'))
  t.same(unreadable, [])
})

t.test('a line that is no JSON is named, and the cursor goes on behind it', async (t) => {
  const [line = ''] = chainedLines(1, 1)
  const { entries, end, unreadable } = batchOf(followed([line, `${line}}`]), beginning)
  t.equal(entries.length, 1)
  t.match(end, { seq: 2, id: '', time: '' })
  t.same(unreadable, [2])
  t.match(batchOf(followed(['{']), beginning), { entries: [], since: undefined, end: { seq: 1 } })
})

t.test('what an entry says of itself does not make the cursor long', async (t) => {
  const lines = [JSON.stringify({ id: 'x'.repeat(65), time: 7 })]
  t.match(batchOf(followed(lines), beginning), { end: { id: '', time: '' }, since: undefined })
  t.same(batchOf([], beginning).end, beginning)
})
