import { generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import type { EntryBody } from '../../src/core/audit-entry.ts'
import { refusal } from '../../src/core/refusal.ts'
import { genesis } from '../../src/record/chain.ts'
import { parseCheckpoint } from '../../src/record/checkpoint.ts'
import { createCheckpoints } from '../../src/record/checkpoints.ts'
import { finishing } from '../../src/record/late-entry.ts'
import { createLines } from '../../src/record/line.ts'
import { createOpenCalls } from '../../src/record/open-calls.ts'
import { noteSigner, noteSigners, parseNote } from '../../src/record/signed-note.ts'
import { keptLog, sampleEntry } from '../support/audit-files.ts'

const origin = 'sallyport/a'
const at = Date.parse('2026-11-23T09:14:02.113Z')

/** A journal in memory, that can be told to refuse and to fail to sync. */
function opened() {
  const signer = noteSigner(origin, generateKeyPairSync('ed25519').privateKey)
  const encode = finishing(
    createLines({ replica: 'a', version: 'v', writeId: (out) => out.ascii('id') }),
  )
  const openCalls = createOpenCalls()
  const journal = { head: genesis, isInTrouble: false, gate: Promise.resolve(), syncs: 0 }
  const entries: Record<string, unknown>[] = []
  const published: string[] = []
  const { log, lines } = keptLog()
  const disk = { failure: undefined as string | undefined }
  const record = (batch: readonly EntryBody[]) => {
    const { bytes, head } = encode(journal.head, batch)
    openCalls.follow(batch, journal.head.seq)
    journal.head = head
    const written = Buffer.from(bytes).toString().trimEnd().split('\n')
    entries.push(...written.map((line) => JSON.parse(line) as Record<string, unknown>))
  }
  const checkpoints = createCheckpoints({
    origin,
    signer,
    append: async (entry) => {
      await journal.gate
      if (journal.isInTrouble) return { ok: false, refusal: refusal('audit_unavailable', 'full') }
      record([entry])
      return { ok: true }
    },
    head: () => journal.head,
    openCalls,
    sync: async () => {
      journal.syncs += 1
      if (disk.failure !== undefined) throw new Error(disk.failure)
    },
    publish: (note) => void published.push(note),
    log,
    now: () => at,
  })
  return { signer, journal, disk, entries, published, record, checkpoints, lines }
}

const begun = (name: string): EntryBody => ({ ...sampleEntry(name), outcome: 'allowed' })

void t.test('a checkpoint signs the head of the chain before it', async (t) => {
  const { signer, journal, entries, published, record, checkpoints } = opened()
  record([sampleEntry(1), sampleEntry(2)])
  const { digest } = journal.head
  await checkpoints.write()
  const [note] = published
  t.strictSame(entries[2], {
    id: 'id',
    seq: 3,
    prev: digest,
    time: '2026-11-23T09:14:02.113Z',
    kind: 'checkpoint',
    size: 2,
    head: digest,
    origin,
    key: signer.verifier.keyId,
    note,
    open_calls: 0,
    replica: 'a',
    version: 'v',
  })
  const parsed = parseNote(note!)!
  t.strictSame(parseCheckpoint(parsed.text), { origin, seq: 2, digest })
  t.strictSame(noteSigners(parsed, [signer.verifier]), [signer.verifier])
  t.strictSame(checkpoints.last(), { seq: 3, at })
  t.equal(journal.syncs, 1, 'what it covers is on the disk before others are told')
})

void t.test('there is none while nothing is recorded', async (t) => {
  const { entries, record, checkpoints } = opened()
  record([sampleEntry(1)])
  for (let times = 0; times < 3; times += 1) await checkpoints.write()
  t.equal(entries.length, 2)
  record([sampleEntry(2)])
  await checkpoints.write()
  t.equal(entries.length, 4)
})

void t.test('it says which calls are open, also those of its own batch', async (t) => {
  const { entries, record, checkpoints } = opened()
  record([begun('a'), begun('b')])
  const { entry, recorded } = checkpoints.next()
  record([{ ...begun('a'), kind: 'completion' }, begun('c'), entry, begun('d')])
  await recorded()
  t.match(entries[4], { size: 4, open_calls: 2, oldest_open_seq: 2 })
  t.strictSame(checkpoints.last(), { seq: 5, at })
})

void t.test('one that was never recorded is not published', async (t) => {
  const { published, checkpoints } = opened()
  await checkpoints.next().recorded()
  t.strictSame([published, checkpoints.last()], [[], undefined])
})

void t.test('while the journal is in trouble there is none, and later there is', async (t) => {
  const { journal, published, entries, record, checkpoints } = opened()
  record([sampleEntry(1)])
  journal.isInTrouble = true
  await checkpoints.write()
  t.strictSame([entries.length, published.length, checkpoints.last()], [1, 0, undefined])
  journal.isInTrouble = false
  await checkpoints.write()
  t.equal(published.length, 1)
})

void t.test('a journal that takes long is not asked twice', async (t) => {
  const { journal, entries, record, checkpoints } = opened()
  record([sampleEntry(1)])
  const gate = Promise.withResolvers<void>()
  journal.gate = gate.promise
  const first = checkpoints.write()
  await checkpoints.write()
  gate.resolve()
  await first
  t.equal(entries.length, 2)
})

void t.test('one that could not be made durable is not published, and told of', async (t) => {
  const { disk, published, record, checkpoints, lines } = opened()
  record([sampleEntry(1)])
  disk.failure = 'no disk'
  await checkpoints.write()
  t.strictSame(published, [])
  t.match(lines(), [{ level: 'error', why: 'Error: no disk', msg: /could not be published/ }])
  disk.failure = undefined
  record([sampleEntry(2)])
  await checkpoints.write()
  t.equal(published.length, 1)
})
