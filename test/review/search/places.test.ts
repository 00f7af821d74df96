import { appendFileSync, rmSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { segmentPath } from '../../../src/record/directory.ts'
import { createPlaces } from '../../../src/review/search/places.ts'

const lineOf = (seq: number, length = 20) => ({
  seq,
  line: Buffer.from(`${seq}:`.padEnd(length, 'x')),
  digest: '',
})
type Line = ReturnType<typeof lineOf>
const text = (lines: readonly Line[]) => lines.map(({ line }) => `${line.toString()}\n`).join('')

void t.test('lines start where those before them end, and anew in each segment', async (t) => {
  const directory = t.testdir()
  const lines = [lineOf(1), lineOf(2, 50), lineOf(3), lineOf(4)]
  writeFileSync(segmentPath(directory, 1), text(lines.slice(0, 2)))
  const places = createPlaces(directory, 0)
  t.equal(places.next(), 0)
  t.strictSame(
    places.placed(lines.slice(0, 2)).map(({ place }) => place),
    [0, 21],
  )
  t.equal(places.next(), 72)
  writeFileSync(segmentPath(directory, 3), text(lines.slice(2)))
  t.strictSame(
    places.placed(lines.slice(2)).map(({ place }) => place),
    [0, 21],
  )
})

void t.test('goes on within a segment', async (t) => {
  const directory = t.testdir()
  writeFileSync(segmentPath(directory, 1), text([lineOf(1), lineOf(2)]))
  t.strictSame(
    createPlaces(directory, 21)
      .placed([lineOf(2)])
      .map(({ place }) => place),
    [21],
  )
})

void t.test('looks for a line where others were left out before it', async (t) => {
  for (const garbage of ['no entry\n', '\n'.repeat(700_000), `${'x'.repeat(262_130)}\n`]) {
    const directory = t.testdir()
    const path = segmentPath(directory, 1)
    writeFileSync(path, text([lineOf(1)]))
    const places = createPlaces(directory, 0)
    places.placed([lineOf(1)])
    appendFileSync(path, garbage + text([lineOf(2), lineOf(3)]))
    places.skipped()
    const found = places.placed([lineOf(2), lineOf(3)])
    const start = 21 + garbage.length
    t.strictSame(
      found.map(({ place }) => place),
      [start, start + 21],
    )
  }
})

void t.test('a line that is not to be found is nowhere', async (t) => {
  const directory = t.testdir()
  const path = segmentPath(directory, 1)
  writeFileSync(path, text([lineOf(1)]))
  const places = createPlaces(directory, 0)
  places.skipped()
  t.strictSame(
    places.placed([lineOf(2)]).map(({ place }) => place),
    [-1],
  )
  rmSync(path)
  places.skipped()
  t.strictSame(
    places.placed([lineOf(2)]).map(({ place }) => place),
    [-1],
  )
})
