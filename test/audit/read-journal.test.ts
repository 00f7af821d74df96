import { appendFileSync, chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import {
  journalTrouble,
  readJournal,
  seqBefore,
  type ReadOptions,
} from '../../src/audit/read-journal.ts'
import { writeChain } from '../support/chained-entries.ts'
import { sampleEntries as samples } from '../support/sample-entries.ts'

const ids = async (options: ReadOptions) => {
  const found: number[] = []
  for await (const batch of readJournal(options)) found.push(...batch.map(({ seq }) => seq))
  return found
}

t.test('entries come in their order, from segment to segment, from a place on', async (t) => {
  const directory = t.testdir()
  const bodies = [samples.start, samples.allowed, samples.completed, samples.stop]
  const written = writeChain(directory, bodies, { perSegment: 2 })
  t.strictSame(await ids({ directory }), [1, 2, 3, 4])
  t.strictSame(await ids({ directory, after: 2, digest: written[1]?.digest }), [3, 4])
  for await (const batch of readJournal({ directory, after: 3 })) {
    t.match(batch, [{ seq: 4, line: written[3]?.line, entry: { kind: 'stop' } }])
    t.equal(batch[0]?.digest, written[3]?.digest)
  }
})

t.test('only candidates are parsed', async (t) => {
  const directory = t.testdir()
  writeChain(directory, [samples.start, samples.stop])
  const isCandidate = (line: Buffer) => line.includes('"stop"')
  t.strictSame(await ids({ directory, isCandidate }), [2])
})

t.test('a fault is told, and reading goes on', async (t) => {
  const directory = t.testdir()
  const [start, allowed, stop] = writeChain(directory, [
    samples.start,
    samples.allowed,
    samples.stop,
  ])
  const broken = `${allowed?.line.slice(0, 300)}`
  const file = join(directory, '000000000001.jsonl')
  writeFileSync(file, `${start?.line}\n${broken}\n${stop?.line}\n`)
  const faults: string[] = []
  t.strictSame(await ids({ directory, onFault: (message) => faults.push(message) }), [1, 3])
  t.match(faults, [/entry 2 .* is no JSON/, /entry 3 .* names another line/])
  t.strictSame(await ids({ directory }), [1, 3], 'also where nobody listens')
})

t.test('a journal is followed until told to stop', async (t) => {
  const directory = t.testdir()
  const written = writeChain(directory, [samples.start, samples.stop])
  const file = join(directory, '000000000001.jsonl')
  writeFileSync(file, `${written[0]?.line}\n`)
  const controller = new AbortController()
  const seen: number[] = []
  const { signal } = controller
  for await (const batch of readJournal({ directory, follow: true, signal })) {
    seen.push(...batch.map(({ seq }) => seq))
    if (seen.length === 1) appendFileSync(file, `${written[1]?.line}\n`)
    else controller.abort()
  }
  t.strictSame(seen, [1, 2])
})

t.test('reading begins early enough for calls that end in a period', async (t) => {
  const directory = t.testdir()
  const at = (time: string) => ({ ...samples.allowed, time })
  writeChain(
    directory,
    [
      at('2026-11-23T08:00:00.000Z'),
      at('2026-11-23T10:00:00.000Z'),
      at('2026-11-23T12:00:00.000Z'),
    ],
    { perSegment: 1 },
  )
  const rows: [string, number][] = [
    ['2026-11-23T07:00:00Z', 0],
    ['2026-11-23T11:00:00Z', 1],
    ['2026-11-23T12:30:00Z', 1],
    ['2026-11-23T13:00:00Z', 2],
    ['2026-12-01', 2],
  ]
  for (const [from, after] of rows)
    t.equal(await seqBefore(directory, Date.parse(from)), after, from)
  t.equal(await seqBefore(directory, -Infinity), 0)
  writeFileSync(join(directory, '000000000004.jsonl'), '')
  t.equal(await seqBefore(directory, Date.parse('2026-12-01')), 3, 'an empty segment is no end')
})

t.test('what is no journal is said to be none, with what to write', async (t) => {
  const directory = t.testdir({ file: '', empty: {} })
  t.match(await journalTrouble(join(directory, 'file')), /is a file; name the directory/)
  writeFileSync(join(directory, 'october.tar.gz'), '')
  t.match(
    await journalTrouble(join(directory, 'october.tar.gz')),
    /is a file; a bundle is verified with --bundle FILE/,
  )
  t.match(await journalTrouble(join(directory, 'empty')), /has no journal; name the directory/)
  t.match(await journalTrouble(join(directory, 'none')), /cannot be read \(ENOENT\); name/)
  writeChain(directory, [samples.start])
  t.equal(await journalTrouble(directory), undefined)
})

t.test('a journal that is closed to the reader is read by its owner', async (t) => {
  const directory = t.testdir({ audit: {} })
  const audit = join(directory, 'audit')
  chmodSync(audit, 0)
  // To root nothing is forbidden, so it asks as nobody.
  const isRoot = process.geteuid?.() === 0
  if (isRoot) process.seteuid?.(65_534)
  const trouble = await journalTrouble(audit).finally(() => isRoot && process.seteuid?.(0))
  chmodSync(audit, 0o700)
  t.match(trouble, /cannot be read \(EACCES\); run it as the user that owns the journal$/)
})
