import { appendFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import type { JournalFault } from '../../src/record/journal-fault.ts'
import { createJournalReader, type JournalReaderOptions } from '../../src/record/journal-reader.ts'
import { chainedLines, writeSegment } from '../support/chained-lines.ts'

/** A reader of a directory, with all that it reads at once, as numbers. */
function reading(t: Test, directory: string, options: Partial<JournalReaderOptions> = {}) {
  const faults: JournalFault[] = []
  const reader = createJournalReader({
    directory,
    after: 0,
    digest: undefined,
    batchMax: 100,
    onFault: (fault) => faults.push(fault),
    ...options,
  })
  t.teardown(reader.close)
  const lines = async (limit = Infinity) => {
    const all: string[] = []
    for (let batch = await reader.read(limit); batch.length > 0; batch = await reader.read(limit)) {
      all.push(...batch.map(({ line }) => line.toString()))
    }
    return all
  }
  const seqs = async (limit = Infinity) =>
    (await lines(limit)).map((line) => (JSON.parse(line) as { seq: number }).seq)
  const reasons = () =>
    faults.splice(0).map(({ message }) => message.replaceAll(directory, 'AUDIT'))
  return { lines, seqs, reasons, read: reader.read }
}

const withNewlines = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('')

t.test('goes through all segments, and on as they grow', async (t) => {
  const directory = t.testdir()
  const { seqs, reasons } = reading(t, directory)
  t.same(await seqs(), [], 'an empty directory holds nothing yet')
  const first = writeSegment(directory, 1, chainedLines(1, 3))
  t.same(await seqs(), [1, 2, 3])
  const [four = '', five = ''] = chainedLines(4, 5)
  appendFileSync(first, `${four}\n${five.slice(0, 40)}`)
  t.same(await seqs(), [4], 'half a line is not read')
  appendFileSync(first, `${five.slice(40)}\n`)
  writeSegment(directory, 6, [])
  t.same(await seqs(), [5])
  writeSegment(directory, 6, chainedLines(6, 7))
  writeSegment(directory, 8, chainedLines(8, 8))
  t.same(await seqs(), [6, 7, 8])
  t.same(reasons(), [])
})

t.test('begins behind an entry, wherever that is', async (t) => {
  const directory = t.testdir()
  for (const seq of [4, 7]) writeSegment(directory, seq, chainedLines(seq, seq + 2))
  t.same(await reading(t, directory).seqs(), [4, 5, 6, 7, 8, 9], 'the oldest were removed')
  for (const [after, expected] of [
    [4, [5, 6, 7, 8, 9]],
    [6, [7, 8, 9]],
    [7, [8, 9]],
    [9, []],
  ] as const) {
    const reader = reading(t, directory, { after })
    t.same(await reader.seqs(), expected, `after ${after}`)
    t.same(reader.reasons(), [])
  }
})

t.test('a new segment without entries says nothing about those before', async (t) => {
  const directory = t.testdir()
  const path = writeSegment(directory, 7, [])
  const reader = reading(t, directory, { after: 6 })
  t.same(await reader.seqs(), [])
  appendFileSync(path, withNewlines(chainedLines(7, 8)))
  t.same(await reader.seqs(), [7, 8])
  t.same(reader.reasons(), [])
})

t.test('stops at the limit, also within a segment and between two', async (t) => {
  const directory = t.testdir()
  writeSegment(directory, 1, chainedLines(1, 3))
  writeSegment(directory, 4, chainedLines(4, 6))
  const { seqs } = reading(t, directory)
  t.same(await seqs(0), [])
  t.same(await seqs(2), [1, 2])
  t.same(await seqs(2), [])
  t.same(await seqs(3), [3])
  t.same(await seqs(5), [4, 5])
  t.same(await seqs(), [6])
})

t.test('batches have a bound, and long lines come whole', async (t) => {
  const directory = t.testdir()
  const lines = chainedLines(1, 9, { padding: 60_000 })
  writeSegment(directory, 1, lines)
  const { read } = reading(t, directory, { batchMax: 2 })
  t.same(
    (await read(Infinity)).map(({ seq }) => seq),
    [1, 2],
  )
  t.same(await reading(t, directory).lines(), lines)
})

t.test('lines that are added just before the next segment begins are not missed', async (t) => {
  const directory = t.testdir()
  const first = writeSegment(directory, 1, chainedLines(1, 3))
  const { seqs, read, reasons } = reading(t, directory)
  await read(Infinity)
  const found = read(Infinity)
  appendFileSync(first, withNewlines(chainedLines(4, 4)))
  writeSegment(directory, 5, chainedLines(5, 5))
  t.same([...(await found).map(({ seq }) => seq), ...(await seqs())], [4, 5])
  t.same(reasons(), [])
})

/** Changes to a journal of nine entries, three in each segment, that were made before it is read. */
const damages: Record<
  string,
  readonly [change: (directory: string) => void, read: number[], reasons: string[]]
> = {
  'a segment is missing': [
    (directory) => rmSync(`${directory}/000000000004.jsonl`),
    [1, 2, 3, 7, 8, 9],
    ['entries 4 to 6 of AUDIT are missing'],
  ],
  'a line is missing': [
    (directory) => writeSegment(directory, 4, chainedLines(4, 6).toSpliced(1, 1)),
    [1, 2, 3, 4, 6, 7, 8, 9],
    ['entry 5 of AUDIT is missing'],
  ],
  'the end of a segment is missing': [
    (directory) => writeSegment(directory, 4, chainedLines(4, 5)),
    [1, 2, 3, 4, 5, 7, 8, 9],
    ['entry 6 of AUDIT is missing'],
  ],
  'a line was changed': [
    (directory) =>
      writeSegment(
        directory,
        4,
        chainedLines(4, 6).map((line) => line.replace('d-A-5', 'd-A-6')),
      ),
    [1, 2, 3, 4, 5, 6, 7, 8, 9],
    ['entry 6 of AUDIT names another line as the one before it'],
  ],
  'two lines were swapped': [
    (directory) => {
      const [four = '', five = '', six = ''] = chainedLines(4, 6)
      writeSegment(directory, 4, [five, four, six])
    },
    [1, 2, 3, 5, 4, 6, 7, 8, 9],
    [
      'entry 4 of AUDIT is missing',
      'entry 6 of AUDIT is due, but it is 4',
      'entry 5 of AUDIT is missing',
    ],
  ],
  'a line is no entry': [
    (directory) => writeSegment(directory, 4, chainedLines(4, 6).toSpliced(1, 1, '{"cut')),
    [1, 2, 3, 4, 6, 7, 8, 9],
    ['entry 5 of AUDIT is due, but a line is no entry', 'entry 5 of AUDIT is missing'],
  ],
  'a line has no end for long': [
    (directory) =>
      writeSegment(directory, 4, chainedLines(4, 6).toSpliced(1, 1, 'x'.repeat(300_000))),
    [1, 2, 3, 4, 6, 7, 8, 9],
    [
      'entry 5 of AUDIT is due, but a line is no entry',
      'entry 5 of AUDIT is due, but a line is no entry',
      'entry 5 of AUDIT is missing',
    ],
  ],
  'a line has a number of its own choice': [
    (directory) =>
      writeSegment(
        directory,
        4,
        chainedLines(4, 6).map((line) => line.replace('"seq":5', '"seq":999999999')),
      ),
    [1, 2, 3, 4, 999999999, 6, 7, 8, 9],
    [
      'entries 5 to 999999998 of AUDIT are missing',
      'entry 1000000000 of AUDIT is due, but it is 6',
    ],
  ],
}

for (const [name, [change, expected, reasons]] of Object.entries(damages)) {
  t.test(`${name}: it is reported, and the rest is read`, async (t) => {
    const directory = t.testdir()
    for (const seq of [1, 4, 7]) writeSegment(directory, seq, chainedLines(seq, seq + 2))
    change(directory)
    const reader = reading(t, directory)
    t.same(await reader.seqs(9), expected)
    t.same(reader.reasons(), reasons)
    const [first = ''] = reasons
    const strict = reading(t, directory, { onFault: undefined })
    const message = first.replace('AUDIT', directory)
    await t.rejects(strict.seqs(), { name: 'JournalFault', message, seq: Number })
  })
}

t.test('entries that were removed before they were read are reported', async (t) => {
  const directory = t.testdir()
  writeSegment(directory, 7, chainedLines(7, 9))
  const reader = reading(t, directory, { after: 3 })
  t.same(await reader.seqs(), [7, 8, 9])
  t.same(reader.reasons(), ['entries 4 to 6 of AUDIT are missing'])
})

t.test('retention may remove what was read', async (t) => {
  const directory = t.testdir()
  const first = writeSegment(directory, 1, chainedLines(1, 3))
  const reader = reading(t, directory)
  t.same(await reader.seqs(), [1, 2, 3])
  rmSync(first)
  t.same(await reader.seqs(), [])
  writeSegment(directory, 4, chainedLines(4, 5))
  t.same(await reader.seqs(), [4, 5])
  t.same(reader.reasons(), [])
})

t.test('another file in the place of the one that is read is read from where it was', async (t) => {
  const directory = t.testdir()
  const path = writeSegment(directory, 1, chainedLines(1, 3))
  const reader = reading(t, directory)
  t.same(await reader.seqs(), [1, 2, 3])
  writeFileSync(`${path}.new`, withNewlines(chainedLines(1, 5)))
  renameSync(`${path}.new`, path)
  t.same(await reader.seqs(), [4, 5])
  t.same(reader.reasons(), [])
})

t.test(
  'a file that is replaced before anything of it was read is read from its start',
  async (t) => {
    const directory = t.testdir()
    const path = writeSegment(directory, 1, [])
    const reader = reading(t, directory)
    t.same(await reader.seqs(), [])
    writeFileSync(`${path}.new`, withNewlines(chainedLines(1, 2)))
    renameSync(`${path}.new`, path)
    t.same(await reader.seqs(), [1, 2])
  },
)

const notTheOne = /entry 3 of .* is not the one that was read/

/** Ways to rewrite a journal whose entries 1 to 3 were read. */
const rewritings: Record<string, readonly [change: (path: string) => void, message: RegExp]> = {
  'cut off': [(path) => truncateSync(path, 300), /ends before entry 3, which was read already/],
  emptied: [(path) => truncateSync(path, 0), /ends before entry 3, which was read already/],
  'cut and written anew, longer': [
    (path) => {
      const kept = chainedLines(1, 1)
      const after = { seq: 1, digest: JSON.parse(chainedLines(2, 2)[0] ?? '').prev as string }
      writeFileSync(path, withNewlines([...kept, ...chainedLines(2, 9, { after, run: 'B' })]))
    },
    notTheOne,
  ],
  'cut and written anew, by a longer line': [
    (path) => writeFileSync(path, withNewlines(chainedLines(1, 5, { run: 'B', padding: 9_000 }))),
    notTheOne,
  ],
  'replaced by another': [
    (path) => {
      writeFileSync(`${path}.new`, withNewlines(chainedLines(1, 5, { run: 'B' })))
      renameSync(`${path}.new`, path)
    },
    notTheOne,
  ],
}

for (const [name, [change, message]] of Object.entries(rewritings)) {
  t.test(`a journal that is ${name} under the reader is not read on`, async (t) => {
    const directory = t.testdir()
    const path = writeSegment(directory, 1, chainedLines(1, 3))
    const reader = reading(t, directory)
    t.same(await reader.seqs(), [1, 2, 3])
    change(path)
    await t.rejects(reader.seqs(), { name: 'JournalRewritten', message })
  })
}

t.test('a journal that is another than it was, is not read from the number alone', async (t) => {
  const directory = t.testdir()
  const [, , , prev] = chainedLines(1, 4).map((line) => (JSON.parse(line) as { prev: string }).prev)
  writeSegment(directory, 1, chainedLines(1, 5))
  const same = reading(t, directory, { after: 3, digest: prev ?? '' })
  t.same(await same.seqs(), [4, 5])
  writeSegment(directory, 1, chainedLines(1, 5, { run: 'B' }))
  const other = reading(t, directory, { after: 3, digest: prev ?? '' })
  await t.rejects(other.seqs(), { name: 'JournalRewritten', message: notTheOne })
  const shorter = reading(t, directory, { after: 6 })
  await t.rejects(shorter.seqs(), { name: 'JournalRewritten', message: /ends before entry 6/ })
})

t.test('what comes before a fault is handed out before the fault ends the reading', async (t) => {
  const directory = t.testdir()
  writeSegment(directory, 1, chainedLines(1, 7).toSpliced(3, 1))
  const { read } = reading(t, directory, { onFault: undefined })
  t.equal((await read(Infinity)).length, 3)
  await t.rejects(read(Infinity), { name: 'JournalFault', seq: 4 })
})
