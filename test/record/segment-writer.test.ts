import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { genesis, verifyChain } from '../../src/record/chain.ts'
import { segmentPath } from '../../src/record/directory.ts'
import { createLines } from '../../src/record/line.ts'
import { takeLock } from '../../src/record/lock.ts'
import { openSegment } from '../../src/record/segment.ts'
import { createSegmentWriter } from '../../src/record/segment-writer.ts'
import { entriesIn, keptLog, linesIn, sampleEntry } from '../support/audit-files.ts'

function openedWriter(t: Test) {
  const directory = join(t.testdir(), 'audit')
  mkdirSync(directory)
  const clock = { at: 10_000 }
  const disk = { fails: false }
  const { log, lines } = keptLog()
  const file = { path: segmentPath(directory, 1), sizeBytes: 0, durability: 'buffered' } as const
  const segment = openSegment(file)
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
    lineAfter: createLines({ replica: 'r', version: 'v', newId: () => 'id' }),
    log,
    now: () => clock.at,
  })
  return { directory, clock, disk, writer, logged: lines }
}

const seqs = (directory: string) => entriesIn(directory).map(({ seq }) => seq)

void t.test('entries are numbered and chained across batches', async (t) => {
  const { directory, writer } = openedWriter(t)
  await writer.write([sampleEntry(1), sampleEntry(2)])
  await writer.tryOut()
  await writer.write([sampleEntry(3)])
  writer.close()
  t.match(await verifyChain(linesIn(directory)), { entries: 3, fault: undefined })
  takeLock(directory).release()
})

void t.test('a batch that fails takes no number', async (t) => {
  const { directory, clock, disk, writer } = openedWriter(t)
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
    const { directory, clock, writer, logged } = openedWriter(t)
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
  const { directory, clock, writer } = openedWriter(t)
  rmSync(segmentPath(directory, 1))
  clock.at -= 5000
  await writer.write([sampleEntry(1)])
  t.strictSame(seqs(directory), [1])
  writer.close()
})

void t.test('does not write into a file that it did not make', async (t) => {
  const { directory, clock, writer } = openedWriter(t)
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
    const { directory, clock, writer } = openedWriter(t)
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
