import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { verifyJournal } from '../../../src/audit/verify/verify-journal.ts'
import { newSigner, sampleChain, segmentName, writeSegments } from '../../support/tampering.ts'

const signer = newSigner()
const keys = [signer.verifier]

function journal(t: Test, calls = 6, perSegment = 5) {
  const chain = sampleChain(signer, calls)
  const directory = writeSegments(join(t.testdir(), 'audit'), chain.lines, perSegment)
  return { directory, ...chain }
}

void t.test('all segments of a directory are verified', async (t) => {
  const { directory, notes } = journal(t)
  const checkpoints = [{ name: 'w', text: notes.join('') }]
  const report = await verifyJournal({ directory, keys, checkpoints })
  t.match(report, { ok: true, entries: 20, segments: 4, published: 4 })
})

void t.test('it says how far it is, to the last byte', async (t) => {
  const { directory, lines } = journal(t, 800, 1000)
  const shown: number[] = []
  const totalBytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0)
  const onProgress = (progress: { bytes: number; totalBytes: number }) => {
    t.equal(progress.totalBytes, totalBytes)
    shown.push(progress.bytes)
  }
  t.match(await verifyJournal({ directory, onProgress }), { ok: true, bytes: totalBytes })
  t.equal(shown.at(-1), totalBytes)
  t.ok(shown.length > 2)
  t.strictSame(
    shown,
    [...shown].sort((a, b) => a - b),
  )
})

void t.test('a part begins with the segment that holds an entry', async (t) => {
  const { directory } = journal(t)
  t.match(await verifyJournal({ directory, keys, from: 13 }), {
    ok: true,
    firstSeq: 11,
    entries: 10,
  })
  t.match(await verifyJournal({ directory, keys, from: 2 }), { ok: true, firstSeq: 1, entries: 20 })
  rmSync(join(directory, segmentName(1)))
  const report = await verifyJournal({ directory, keys, from: 1 })
  t.match(report.problems, [{ code: 'missing_beginning' }], 'which is the whole of what is there')
})

void t.test('keys beside it are trusted where it names none any more', async (t) => {
  const { directory } = journal(t)
  t.match(await verifyJournal({ directory, from: 13 }), { problems: [{ code: 'unknown_key' }] })
  writeFileSync(join(directory, 'signing-key.pub'), `${signer.verifier.vkey}\n`)
  t.match(await verifyJournal({ directory, from: 13 }), { ok: true, trusted: 'first_use' })
})

void t.test('half a line is being written at the end, and a fault elsewhere', async (t) => {
  const { directory } = journal(t)
  appendFileSync(join(directory, segmentName(16)), '{"id"')
  t.match(await verifyJournal({ directory }), { ok: true })
  appendFileSync(join(directory, segmentName(6)), '{"id"')
  const { problems } = await verifyJournal({ directory })
  t.match(problems, [{ segment: segmentName(6), line: 6, code: 'incomplete_line' }])
})

void t.test('an empty directory has no entries', async (t) => {
  const { problems } = await verifyJournal({ directory: t.testdir() })
  t.match(problems, [{ code: 'no_entries' }])
  const from = await verifyJournal({ directory: t.testdir(), from: 7 })
  t.match(from.problems, [{ code: 'no_entries' }])
})

void t.test('a segment that goes while others are read is missing', async (t) => {
  const { directory } = journal(t)
  let isFirst = true
  const onProgress = () => {
    if (isFirst) rmSync(join(directory, segmentName(6)))
    isFirst = false
  }
  const { problems } = await verifyJournal({ directory, onProgress })
  t.match(problems, [{ code: 'missing_segment' }])
})

void t.test('a segment that cannot be read is no answer', async (t) => {
  const { directory } = journal(t)
  mkdirSync(join(directory, segmentName(21)))
  await t.rejects(verifyJournal({ directory }), { code: 'EISDIR' })
  await t.rejects(verifyJournal({ directory: join(directory, 'nowhere') }), { code: 'ENOENT' })
  const gone = t.testdir({ [segmentName(1)]: t.fixture('symlink', 'nowhere') })
  t.match(await verifyJournal({ directory: gone }), { problems: [{ code: 'no_entries' }] })
  const dangling = t.testdir({ [segmentName(1)]: t.fixture('symlink', segmentName(1)) })
  await t.rejects(verifyJournal({ directory: dangling }), { code: 'ELOOP' })
})

void t.test('it ends when it is told to', async (t) => {
  const { directory } = journal(t)
  const reason = new Error('enough')
  await t.rejects(verifyJournal({ directory, signal: AbortSignal.abort(reason) }), reason)
  const controller = new AbortController()
  const onProgress = () => controller.abort(reason)
  await t.rejects(verifyJournal({ directory, signal: controller.signal, onProgress }), reason)
})
