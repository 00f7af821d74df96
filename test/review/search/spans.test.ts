import t from 'tap'
import { openDatabase } from '../../../src/review/search/database.ts'
import { createSpans } from '../../../src/review/search/spans.ts'

const columns = 'SELECT first_seq, last_seq, place, bytes, time_min, time_max FROM spans'

void t.test('entries that follow one another in a file make one span, which grows', async (t) => {
  const database = openDatabase(t.testdir())
  const spans = createSpans(database)
  spans.write()
  const rows = () =>
    database
      .prepare(columns)
      .all()
      .map((row) => Object.values(row))
  t.strictSame(rows(), [])
  spans.add({ seq: 1, time: 20, place: 0, bytes: 100 })
  spans.write()
  t.strictSame(rows(), [[1, 1, 0, 100, 20, 20]])
  spans.add({ seq: 2, time: 10, place: 100, bytes: 50 })
  spans.add({ seq: 3, time: 30, place: 150, bytes: 50 })
  spans.write()
  t.strictSame(rows(), [[1, 3, 0, 200, 10, 30]])
  database.close()
})

void t.test('another place, or enough entries, begin another span', async (t) => {
  const database = openDatabase(t.testdir())
  const spans = createSpans(database)
  for (let seq = 1; seq <= 600; seq += 1) {
    spans.add({ seq, time: seq, place: (seq - 1) * 10, bytes: 10 })
  }
  spans.add({ seq: 601, time: 601, place: 0, bytes: 10 })
  spans.write()
  const rows = database
    .prepare(columns)
    .all()
    .map((row) => Object.values(row).slice(0, 4))
  t.strictSame(rows, [
    [1, 500, 0, 5_000],
    [501, 600, 5_000, 1_000],
    [601, 601, 0, 10],
  ])
  database.close()
})
