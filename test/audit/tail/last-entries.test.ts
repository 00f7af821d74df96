import { join } from 'node:path'
import { appendFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { lastEntries, type EndOptions } from '../../../src/audit/tail/last-entries.ts'
import type { RecordedEntry } from '../../../src/core/recorded-call.ts'
import { writeChain } from '../../support/chained-entries.ts'
import { sampleEntries as samples } from '../../support/sample-entries.ts'

const everyEntry = () => () => true

async function end(directory: string, options: Partial<EndOptions> = {}) {
  const seen: RecordedEntry[] = []
  const found = await lastEntries({
    directory,
    count: 3,
    createSelect: everyEntry,
    from: -Infinity,
    onEntry: (entry) => seen.push(entry),
    ...options,
  })
  return { ...found, seqs: found.entries.map(({ seq }) => seq), seen }
}

t.test('the last entries come oldest first, from as many segments as it takes', async (t) => {
  const directory = t.testdir()
  const written = writeChain(directory, Object.values(samples).slice(0, 5), { perSegment: 2 })
  const { seqs, last, seen, entries } = await end(directory)
  t.strictSame(seqs, [3, 4, 5])
  t.strictSame(last, { seq: 5, digest: written[4]?.digest })
  t.strictSame(
    entries.map(({ line }) => line),
    written.slice(2).map(({ line }) => line),
  )
  t.equal(seen.length, 5, 'all that was read was told, in order')
  t.match(seen[0], { kind: 'start' })
  t.strictSame((await end(directory, { count: 0 })).seqs, [])
  t.match(await end(t.testdir({ empty: {} })), { seqs: [], last: { seq: 0, digest: undefined } })
})

t.test('a line that is still being written, and one that is none, are no entries', async (t) => {
  const directory = t.testdir()
  const [first] = writeChain(directory, [samples.start])
  appendFileSync(join(directory, '000000000001.jsonl'), 'nonsense\n{"seq":2')
  t.match(await end(directory), { seqs: [1], last: { seq: 1, digest: first?.digest } })
})

t.test('what is missing, moved or no entry near the end is told, once', async (t) => {
  const directory = t.testdir()
  const written = writeChain(directory, Object.values(samples).slice(0, 6))
  const path = join(directory, '000000000001.jsonl')
  const lines = written.map(({ line }) => line)
  const faultsWith = async (kept: readonly string[]) => {
    writeFileSync(path, kept.map((line) => `${line}\n`).join(''))
    const faults: string[] = []
    await end(directory, { onFault: (message) => faults.push(message.replace(directory, 'AUDIT')) })
    return faults
  }
  t.strictSame(await faultsWith(lines), [])
  t.strictSame(await faultsWith(lines.slice(3)), [], 'older files may have been removed')
  t.strictSame(await faultsWith(lines.toSpliced(3, 1)), ['entry 4 of AUDIT is missing'])
  t.strictSame(await faultsWith(lines.with(3, 'garbage')), [
    'entry 4 of AUDIT is due, but a line is no entry',
    'entry 4 of AUDIT is missing',
  ])
  t.strictSame(await faultsWith(lines.with(3, `${lines[3]?.slice(0, -1)},"more":1}`)), [
    'entry 5 of AUDIT names another line as the one before it',
  ])
  t.strictSame(await faultsWith(['garbage', ...lines.slice(2)]), [
    'entry 1 of AUDIT is due, but a line is no entry',
  ])
})

t.test('what is not near the end is found, too', async (t) => {
  const directory = t.testdir()
  const many = Array.from({ length: 2500 }, (_, at) =>
    at % 1000 === 7 ? samples.refused : samples.completed,
  )
  const written = writeChain(directory, many, { perSegment: 900 })
  const isRefused = ({ kind }: RecordedEntry) => kind === 'decision'
  const far = await end(directory, { createSelect: () => isRefused })
  t.strictSame(far.seqs, [8, 1008, 2008])
  t.strictSame(far.last, { seq: 2500, digest: written[2499]?.digest })
  t.equal(far.seen.length, 2500)
  t.strictSame(
    (await end(directory, { createSelect: () => isRefused, count: 2 })).seqs,
    [1008, 2008],
  )
  t.strictSame((await end(directory, { count: 2 })).seqs, [2499, 2500])
  const early = { createSelect: () => isRefused, signal: AbortSignal.abort() }
  t.strictSame((await end(directory, early)).seqs, [], 'a long look can be ended')
  const none = await end(directory, { createSelect: () => () => false })
  t.match(none, { seqs: [], last: { seq: 2500 } })
  const noneAsked = await end(directory, { createSelect: () => isRefused, count: 0 })
  t.match(noneAsked, { seqs: [], last: { seq: 2500 } })
})
