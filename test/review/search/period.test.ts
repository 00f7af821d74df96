import { hash } from 'node:crypto'
import { rmSync } from 'node:fs'
import t from 'tap'
import { segmentPath } from '../../../src/record/directory.ts'
import { periodEnds } from '../../../src/review/search/period.ts'
import { linesIn } from '../../support/audit-files.ts'
import {
  decisionBody,
  filled,
  journalByHand,
  madeFrom,
  timeText,
} from '../../support/indexed-journal.ts'

void t.test('the ends of a period are those of its entries, of whatever kind', async (t) => {
  const journal = journalByHand(t.testdir())
  const seconds = [0, 10, 20, 20, 15, 30, 40]
  journal.append(seconds.map((second) => ({ time: timeText(second * 1_000), kind: 'stop' })))
  const { database, close } = await filled(journal.directory)
  t.teardown(close)
  const cases: readonly (readonly [from: number, to: number, first: number, last: number])[] = [
    [0, 41, 1, 7],
    [-100, 100, 1, 7],
    [0, 40, 1, 6],
    [1, 40, 2, 6],
    [20, 30, 3, 4],
    [15, 16, 5, 5],
    [21, 29, 0, 0],
    [41, 100, 0, 0],
    [30, 20, 0, 0],
  ]
  for (const [from, to, firstSeq, lastSeq] of cases) {
    const period = { from: madeFrom + from * 1_000, to: madeFrom + to * 1_000 }
    const found = periodEnds(database, journal.directory, period)
    const { head, ...ends } = found
    t.strictSame(ends, { firstSeq, lastSeq }, `${from} to ${to}`)
    const last = linesIn(journal.directory)[lastSeq - 1]
    t.equal(head, last && hash('sha256', last), 'with the digest of the last line')
  }
})

void t.test('is the same over many spans and segments as among all entries', async (t) => {
  const journal = journalByHand(t.testdir())
  for (let part = 0; part < 4; part += 1) {
    const bodies = Array.from({ length: 700 }, (_, at) => {
      return decisionBody({ time: timeText((part * 700 + at) * 10 - (at % 7) * 25) })
    })
    journal.append(bodies, part === 0 ? undefined : 'new_segment')
  }
  const { database, close } = await filled(journal.directory)
  t.teardown(close)
  for (const [from, to] of [
    [0, 28_000],
    [5, 10_000],
    [6_990, 7_010],
    [12_345, 12_350],
    [27_900, 30_000],
  ] as const) {
    const period = { from: madeFrom + from, to: madeFrom + to }
    const seqs = journal.entries
      .filter(({ time }) => Date.parse(String(time)) >= period.from)
      .filter(({ time }) => Date.parse(String(time)) < period.to)
      .map(({ seq }) => Number(seq))
    t.match(periodEnds(database, journal.directory, period), {
      firstSeq: seqs[0] ?? 0,
      lastSeq: seqs.at(-1) ?? 0,
    })
  }
})

void t.test('entries that are gone, and lines that are none, are not in it', async (t) => {
  const journal = journalByHand(t.testdir())
  journal.append([0, 10].map((at) => decisionBody({ time: timeText(at) })))
  journal.append(
    [20, 30].map((at) => decisionBody({ time: timeText(at) })),
    'new_segment',
  )
  const { database, close } = await filled(journal.directory)
  t.teardown(close)
  const period = { from: madeFrom + 1, to: madeFrom + 25 }
  t.match(periodEnds(database, journal.directory, period), { firstSeq: 2, lastSeq: 3 })
  rmSync(segmentPath(journal.directory, 1))
  t.match(periodEnds(database, journal.directory, period), { firstSeq: 3, lastSeq: 3 })
  rmSync(segmentPath(journal.directory, 3))
  t.match(periodEnds(database, journal.directory, period), { firstSeq: 0, lastSeq: 0 })
})

void t.test('lines of another segment are not taken for those that are gone', async (t) => {
  const journal = journalByHand(t.testdir())
  const from = (first: number, count: number) =>
    Array.from({ length: count }, (_, at) => decisionBody({ time: timeText(first + at) }))
  journal.append(from(0, 510))
  journal.append(from(510, 700), 'new_segment')
  const { database, close } = await filled(journal.directory)
  t.teardown(close)
  rmSync(segmentPath(journal.directory, 1))
  const period = { from: madeFrom + 505, to: madeFrom + 5_000 }
  t.match(periodEnds(database, journal.directory, period), { firstSeq: 511, lastSeq: 1_210 })
})
