import { readdirSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { segmentPath } from '../../../src/record/directory.ts'
import { withJournalLines } from '../../../src/review/search/journal-lines.ts'

const line = (seq: number, padding = 0) => `${JSON.stringify({ seq, text: 'x'.repeat(padding) })}\n`

void t.test('reads the line of an entry from the segment that holds it', async (t) => {
  const directory = t.testdir()
  const first = line(1)
  writeFileSync(segmentPath(directory, 1), first + line(2))
  writeFileSync(segmentPath(directory, 3), line(3))
  withJournalLines(directory, ({ read }) => {
    t.match(read(1, 0), { text: first.trimEnd(), entry: { seq: 1 } })
    t.match(read(2, first.length), { entry: { seq: 2 } })
    t.match(read(3, 0), { entry: { seq: 3 } })
  })
})

void t.test('reads lines of any length', async (t) => {
  const directory = t.testdir()
  const lengths = [0, 2_000, 2_040, 2_100, 16_000, 200_000]
  let place = 0
  const places = lengths.map((length, index) => {
    const start = place
    place += line(index + 1, length).length
    return start
  })
  const text = lengths.map((length, index) => line(index + 1, length)).join('')
  writeFileSync(segmentPath(directory, 1), text)
  withJournalLines(directory, ({ read }) => {
    for (const [index, start] of places.entries()) {
      t.equal(read(index + 1, start)?.text, line(index + 1, lengths[index]).trimEnd())
    }
  })
})

void t.test('nothing is shown as what it is not', async (t) => {
  const directory = t.testdir()
  writeFileSync(segmentPath(directory, 5), `${line(5)}no entry\n[1]\nnull\n{"seq":9}`)
  withJournalLines(directory, ({ read }) => {
    const cases: readonly (readonly [seq: number, place: number, why: string])[] = [
      [6, 0, 'another entry is there'],
      [5, 3, 'it is the middle of a line'],
      [6, line(5).length, 'it is no JSON'],
      [6, line(5).length + 9, 'it is no object with a number'],
      [6, line(5).length + 13, 'it is null'],
      [9, line(5).length + 18, 'its end is not written'],
      [5, 10_000, 'the file ends before'],
      [5, -1, 'its place was not found'],
      [4, 0, 'it is older than the journal'],
    ]
    for (const [seq, place, why] of cases) t.equal(read(seq, place), undefined, why)
    t.ok(read(5, 0))
  })
})

void t.test('a journal without files has no lines, and a segment that is gone none', async (t) => {
  const directory = t.testdir()
  withJournalLines(directory, ({ read }) => t.equal(read(1, 0), undefined))
  t.testdir({ audit: { '000000000001.jsonl': t.fixture('symlink', 'gone') } })
  withJournalLines(`${t.testdirName}/audit`, ({ read }) => t.equal(read(1, 0), undefined))
})

void t.test('closes the files whatever happens', async (t) => {
  const directory = t.testdir({ '000000000001.jsonl': line(1) })
  const useUp = () =>
    withJournalLines(directory, ({ read }) => {
      read(1, 0)
      throw new Error('on purpose')
    })
  const openFiles = () => readdirSync('/proc/self/fd').length
  const before = openFiles()
  for (let count = 0; count < 50; count += 1) t.throws(useUp, /on purpose/)
  t.ok(openFiles() < before + 50)
})
