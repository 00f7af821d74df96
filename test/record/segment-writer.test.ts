import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { genesis, verifyChain } from '../../src/record/chain.ts'
import { segmentPath } from '../../src/record/directory.ts'
import { createLines } from '../../src/record/line.ts'
import { takeLock } from '../../src/record/lock.ts'
import { openSegment } from '../../src/record/segment.ts'
import { createSegmentWriter, type SegmentWriterOptions } from '../../src/record/segment-writer.ts'
import { entriesIn, keptLog, linesIn, sampleEntry } from '../support/audit-files.ts'

async function openedWriter(t: Test, others: Partial<SegmentWriterOptions> = {}) {
  const directory = join(t.testdir(), 'audit')
  mkdirSync(directory)
  const clock = { at: 10_000 }
  const disk = { fails: false }
  const { log, lines } = keptLog()
  const file = { path: segmentPath(directory, 1), sizeBytes: 0, durability: 'buffered' } as const
  const segment = await openSegment({ ...file, disk: others.disk })
  const writer = createSegmentWriter({
    directory,
    durability: 'buffered',
    lock: takeLock(directory),
    segment: {
      ...segment,
      append: async (bytes) => {
        if (disk.fails) throw new Error('no space')
        await segment.append(bytes)
      },
    },
    head: genesis,
    begunAt: undefined,
    encodeBatch: createLines({ replica: 'r', version: 'v', writeId: (out) => out.ascii('id') }),
    log,
    now: () => clock.at,
    ...others,
  })
  return { directory, clock, disk, writer, logged: lines }
}

const seqs = (directory: string) => entriesIn(directory).map(({ seq }) => seq)

void t.test('entries are numbered and chained across batches', async (t) => {
  const { directory, writer } = await openedWriter(t)
  await writer.write([sampleEntry(1), sampleEntry(2)])
  await writer.tryOut()
  await writer.write([sampleEntry(3)])
  writer.close()
  t.match(await verifyChain(linesIn(directory)), { entries: 3, fault: undefined })
  takeLock(directory).release()
})

void t.test('a batch that fails takes no number', async (t) => {
  const { directory, clock, disk, writer } = await openedWriter(t)
  await writer.write([sampleEntry(1)])
  renameSync(directory, `${directory}.away`)
  clock.at += 1000
  await t.rejects(writer.write([sampleEntry(2)]), { code: 'ENOENT' })
  await t.rejects(writer.tryOut(), { code: 'ENOENT' }, 'it looks again at once')
  renameSync(`${directory}.away`, directory)
  disk.fails = true
  await t.rejects(writer.write([sampleEntry(2), sampleEntry(2)]), { message: 'no space' })
  disk.fails = false
  await writer.write([sampleEntry(3)])
  writer.close()
  t.match(await verifyChain(linesIn(directory)), { entries: 2, fault: undefined })
  t.match(entriesIn(directory)[1], { seq: 2, decision_id: 'd-3' })
})

void t.test(
  'a file that was moved or deleted is followed by a new one that continues the chain',
  async (t) => {
    const { directory, clock, writer, logged } = await openedWriter(t)
    await writer.write([sampleEntry(1), sampleEntry(2)])
    const moved = join(directory, '..', 'moved.jsonl')
    renameSync(segmentPath(directory, 1), moved)
    await writer.write([sampleEntry(3)])
    t.strictSame(readdirSync(directory), ['journal.lock'], 'it looks once a second')
    clock.at += 1000
    await writer.write([sampleEntry(4), sampleEntry(5)])
    t.strictSame(readdirSync(directory), ['000000000004.jsonl', 'journal.lock'])
    t.strictSame(seqs(directory), [4, 5])
    const all = [...linesIn(join(directory, '..')), ...linesIn(directory)]
    t.match(await verifyChain(all), { entries: 5, fault: undefined })
    t.match(logged(), [{ level: 'error', msg: /deleted or moved/, last_seq: 3 }])
    clock.at += 1000
    await writer.write([sampleEntry(6)])
    t.equal(logged().length, 1, 'told once')
    writer.close()
  },
)

void t.test('a clock that is set back does not keep it from looking', async (t) => {
  const { directory, clock, writer } = await openedWriter(t)
  rmSync(segmentPath(directory, 1))
  clock.at -= 5000
  await writer.write([sampleEntry(1)])
  t.strictSame(seqs(directory), [1])
  writer.close()
})

void t.test('does not write into a file that it did not make', async (t) => {
  const { directory, clock, writer } = await openedWriter(t)
  await writer.write([sampleEntry(1)])
  rmSync(segmentPath(directory, 1))
  writeFileSync(segmentPath(directory, 2), 'something\n')
  clock.at += 1000
  await t.rejects(writer.write([sampleEntry(2)]), { message: /something else writes to it/ })
  writer.close()
})

void t.test(
  'a lock file that was deleted is taken anew, unless somebody else has it',
  async (t) => {
    const { directory, clock, writer } = await openedWriter(t)
    rmSync(join(directory, 'journal.lock'))
    const other = takeLock(directory)
    clock.at += 1000
    await t.rejects(writer.write([sampleEntry(1)]), { message: /in use by another Sallyport/ })
    other.release()
    await writer.write([sampleEntry(2)])
    t.throws(() => takeLock(directory), { message: /in use/ })
    t.strictSame(seqs(directory), [1])
    writer.close()
  },
)

const segmentsIn = (directory: string) =>
  readdirSync(directory).filter((name) => name.endsWith('.jsonl'))

void t.test('says how far it has got, and what was written behind which entry', async (t) => {
  const written: unknown[] = []
  const { directory, disk, writer } = await openedWriter(t, {
    onWritten: (batch, seqBefore) => void written.push([batch.length, seqBefore]),
  })
  t.strictSame(writer.head(), genesis)
  await writer.write([sampleEntry(1), sampleEntry(2)])
  disk.fails = true
  await t.rejects(writer.write([sampleEntry(3)]))
  disk.fails = false
  await writer.write([sampleEntry(4)])
  t.strictSame(written, [
    [2, 0],
    [1, 2],
  ])
  t.equal(writer.head().seq, 3)
  t.equal(writer.sizeBytes(), statSync(segmentPath(directory, 1)).size)
  writer.close()
})

void t.test('a segment that is large enough is followed by the next, batch by batch', async (t) => {
  const complete: number[] = []
  const { directory, writer } = await openedWriter(t, {
    segments: { bytesMax: 400, ageMaxMs: 1000 },
    onComplete: (sizeBytes) => void complete.push(sizeBytes),
  })
  await writer.write([1, 2, 3, 4, 5].map(sampleEntry))
  await writer.write([sampleEntry(6)])
  await writer.write([sampleEntry(7)])
  await writer.tryOut()
  writer.close()
  const names = ['000000000001.jsonl', '000000000006.jsonl']
  t.strictSame(segmentsIn(directory), names, 'a batch is never divided')
  t.strictSame(complete, [statSync(segmentPath(directory, 1)).size])
  t.match(await verifyChain(linesIn(directory)), { entries: 7, fault: undefined })
})

void t.test('a segment whose first entry is old enough is followed by the next', async (t) => {
  const segments = { bytesMax: 1e9, ageMaxMs: 60_000 }
  const { directory, clock, writer } = await openedWriter(t, { segments })
  clock.at += 999_999
  await writer.write([sampleEntry(1)])
  clock.at += 59_999
  await writer.write([sampleEntry(2)])
  t.strictSame(segmentsIn(directory), ['000000000001.jsonl'], 'an empty one does not age')
  clock.at += 1
  await writer.tryOut()
  await writer.write([sampleEntry(3)])
  writer.close()
  t.strictSame(segmentsIn(directory), ['000000000001.jsonl', '000000000003.jsonl'])
})

void t.test('a segment from before the start has the age that it has', async (t) => {
  const segments = { bytesMax: 1e9, ageMaxMs: 60_000 }
  const { directory, clock, writer } = await openedWriter(t, {
    segments,
    begunAt: 10_000 - 60_000,
    head: { ...genesis, seq: 41 },
  })
  t.equal(clock.at, 10_000)
  await writer.write([sampleEntry(1)])
  writer.close()
  t.strictSame(segmentsIn(directory), ['000000000001.jsonl', '000000000042.jsonl'])
})

void t.test(
  'while the next segment cannot be had, nothing is written, and then it is',
  async (t) => {
    const segments = { bytesMax: 1, ageMaxMs: 1e9 }
    const { directory, writer } = await openedWriter(t, { segments })
    await writer.write([sampleEntry(1)])
    writeFileSync(segmentPath(directory, 2), 'something\n')
    for (const attempt of [writer.tryOut(), writer.write([sampleEntry(2)])]) {
      await t.rejects(attempt, { message: /something else writes to it/ })
    }
    rmSync(segmentPath(directory, 2))
    await writer.tryOut()
    await writer.write([sampleEntry(3)])
    writer.close()
    t.strictSame(segmentsIn(directory), ['000000000001.jsonl', '000000000002.jsonl'])
    t.match(await verifyChain(linesIn(directory)), { entries: 2, fault: undefined })
  },
)

void t.test('a segment is on the disk as a whole before the next begins', async (t) => {
  const synced: number[] = []
  const place = { directory: '' }
  const disk = {
    deadlineMs: 1000,
    syncData: async () => void synced.push(segmentsIn(place.directory).length),
  }
  const { directory, writer } = await openedWriter(t, {
    segments: { bytesMax: 1, ageMaxMs: 1e9 },
    disk,
  })
  place.directory = directory
  await writer.write([sampleEntry(1)])
  await writer.write([sampleEntry(2)])
  t.strictSame(synced, [1])
  await writer.sync()
  t.strictSame(synced, [1, 2])
  writer.close()
})
