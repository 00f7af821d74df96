import { rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { EntryBody } from '../../src/core/audit-entry.ts'
import { segmentPaths } from '../../src/record/directory.ts'
import { systemDisk } from '../../src/record/disk.ts'
import { openJournal, type JournalOptions } from '../../src/record/journal.ts'
import { parseNote } from '../../src/record/signed-note.ts'
import { entriesIn, keptLog, sampleEntry, until } from '../support/audit-files.ts'
import { auditSettings } from '../support/audit-settings.ts'
import { mountSmallDisk } from '../support/small-disk.ts'
import { inspectJournal } from '../support/whole-journal.ts'

const at = Date.parse('2026-11-23T09:14:02.113Z')
const hourMs = 3_600_000

/** Opens signed journals of one directory, with a clock of their own. */
function journals(t: Test, directory = t.testdir()) {
  const clock = { at }
  const published: string[] = []
  const { log, lines, messages } = keptLog()
  const settings = auditSettings(directory)
  const open = async (others: Partial<JournalOptions> = {}) => {
    const journal = await openJournal({
      ...settings,
      replica: 'sallyport-0',
      version: '0.1.0',
      publish: (note) => void published.push(note),
      log,
      now: () => clock.at,
      ...others,
    })
    t.teardown(() => journal.close())
    return journal
  }
  const often = { ...settings.checkpoints, intervalMs: 2 }
  return { directory, clock, published, lines, messages, often, open }
}

const begun = (name: string | number): EntryBody => ({ ...sampleEntry(name), outcome: 'allowed' })
const ended = (name: string | number): EntryBody => ({
  ...sampleEntry(name),
  kind: 'completion',
  outcome: 'completed',
})
const kinds = (directory: string) => entriesIn(directory).map(({ kind }) => kind)

void t.test('a signed journal names its key and ends with a checkpoint', async (t) => {
  const { directory, published, open } = journals(t)
  const journal = await open()
  t.equal(journal.durableSeq(), 2)
  await journal.append(begun(1))
  journal.enqueue(ended(1))
  await journal.close()
  const all = ['start', 'signing_key', 'decision', 'completion', 'stop', 'checkpoint']
  t.strictSame(kinds(directory), all)
  t.match(entriesIn(directory)[0], { durability: 'synced', closed_calls: undefined })
  t.equal(parseNote(published[0]!)?.text.split('\n')[1], '5', 'the stop is covered')
  t.match(await inspectJournal(directory), { faults: [], checkpoints: 1 })
  await (await open()).close()
  t.strictSame(kinds(directory).slice(all.length), ['start', 'stop', 'checkpoint'])
  t.match(await inspectJournal(directory), { faults: [], checkpoints: 2 })
})

void t.test('checkpoints come while it runs, and only when there is something new', async (t) => {
  const { directory, published, often, open } = journals(t)
  const journal = await open({ checkpoints: often })
  await journal.append(begun(1))
  await until(() => journal.state().checkpoint !== undefined)
  t.match(journal.state(), { segments: 1, open: { count: 1, oldestSeq: 3 } })
  const [before, count] = [journal.durableSeq(), published.length]
  await new Promise((resolve) => setTimeout(resolve, 20))
  t.equal(journal.durableSeq(), before)
  journal.enqueue(ended(1))
  await until(() => published.length > count)
  t.match(journal.state(), { open: { count: 0 }, checkpoint: { seq: before + 2, at } })
  t.match(entriesIn(directory).at(-1), { kind: 'checkpoint', open_calls: 0 })
})

void t.test('other threads see what is durable', async (t) => {
  const options = { ...auditSettings(t.testdir()), replica: 'r', version: 'v', now: Date.now }
  const journal = await openJournal({ ...options, log: keptLog().log })
  const seen = new BigInt64Array(journal.durable)
  t.equal(Number(seen[0]), journal.durableSeq())
  await journal.append(begun(1))
  t.equal(Number(seen[0]), 3)
  await journal.close()
  t.equal(Number(seen[0]), 5, 'with nobody to publish to')
})

for (const durability of ['synced', 'buffered'] as const) {
  void t.test(`${durability}: the chain goes on from segment to segment`, async (t) => {
    const { directory, often, open } = journals(t)
    const segments = { bytesMax: 2000, ageMaxMs: hourMs }
    const options = { durability, segments, checkpoints: often }
    for (const round of [1, 2, 3]) {
      const journal = await open(options)
      for (let name = 0; name < 100; name += 1) {
        t.match(await journal.append(begun(`${round}-${name}`)), { ok: true })
        journal.enqueue(ended(`${round}-${name}`))
      }
      const { segments: count, bytes } = journal.state()
      const paths = segmentPaths(directory)
      t.equal(count, paths.length)
      t.equal(
        bytes,
        paths.reduce((sum, path) => sum + statSync(path).size, 0),
      )
      await journal.close()
    }
    t.ok(segmentPaths(directory).length > 10)
    t.match(await inspectJournal(directory), { faults: [] })
  })
}

void t.test(
  'calls that were open at the end of a process are closed by the next, once',
  async (t) => {
    const { directory, lines, open } = journals(t)
    const journal = await open()
    for (const name of [1, 2, 3]) await journal.append(begun(name))
    journal.enqueue(ended(2))
    await journal.close()
    t.match(entriesIn(directory).at(-1), { kind: 'checkpoint', open_calls: 2, oldest_open_seq: 3 })
    for (const closed of [2, undefined]) {
      await (await open()).close()
      const start = entriesIn(directory).findLast(({ kind }) => kind === 'start')
      t.equal(start?.['closed_calls'], closed)
    }
    const unknown = entriesIn(directory).filter(({ outcome }) => outcome === 'unknown')
    t.match(unknown, [
      { kind: 'completion', decision_id: 'd-1', detail: 'open when the process ended' },
      { kind: 'completion', decision_id: 'd-3', detail: 'open when the process ended' },
    ])
    t.match(await inspectJournal(directory), { faults: [] })
    t.match(lines(), [{ level: 'warn', closed_calls: 2 }])
  },
)

void t.test('another key is handed over to, and names the one before', async (t) => {
  const { directory, open } = journals(t)
  await (await open()).close()
  const origin = 'audit.acme.example'
  const checkpoints = { ...auditSettings(directory).checkpoints, origin }
  await (await open({ checkpoints })).close()
  const [first, second] = entriesIn(directory).filter(({ kind }) => kind === 'signing_key')
  t.equal(second?.['previous_key'], first?.['key'])
  t.equal(parseNote(String(second?.['note']))?.signatures.length, 2)
})

void t.test('expired entries go, and the journal names its key again', async (t) => {
  const { directory, clock, open } = journals(t)
  const segments = { bytesMax: 1, ageMaxMs: hourMs }
  const first = await open({ segments })
  for (const name of [1, 2, 3]) {
    await first.append(begun(name))
    await first.append(ended(name))
  }
  await first.close()
  clock.at = Date.parse(sampleEntry(1).time) + 2 * hourMs
  const options = { segments, retentionMs: hourMs, exportedSeq: () => 5 }
  const second = await open(options)
  await until(() => entriesIn(directory).some(({ kind }) => kind === 'retention'))
  await second.close()
  t.match(entriesIn(directory)[0], { seq: 6 })
  const names = kinds(directory)
  t.ok(names.includes('signing_key'))
  const retention = entriesIn(directory).find(({ kind }) => kind === 'retention')
  t.match(retention, { removed_through_seq: 5 })
  t.match(second.state(), { segments: segmentPaths(directory).length })
  const third = await open({ segments, retentionMs: 100 * hourMs })
  await third.close()
  const fourth = await open({ segments, retentionMs: hourMs })
  await until(() => (entriesIn(directory)[0]?.seq ?? 0) > 6)
  await fourth.close()
  t.match(await inspectJournal(directory), { faults: [] })
})

void t.test(
  'nothing goes before its announcement is on the disk, also when buffered',
  async (t) => {
    const { directory, clock, messages, open } = journals(t)
    const segments = { bytesMax: 1, ageMaxMs: hourMs }
    const first = await open({ segments })
    await first.append(begun(1))
    await first.append(ended(1))
    await first.close()
    clock.at = Date.parse(sampleEntry(1).time) + 2 * hourMs
    const isAnnounced = () => kinds(directory).includes('retention')
    const broken = {
      ...systemDisk,
      syncData: (descriptor: number) =>
        isAnnounced() ? Promise.reject(new Error('power')) : systemDisk.syncData(descriptor),
    }
    const second = await open({ durability: 'buffered', retentionMs: hourMs, disk: broken })
    await until(() => messages().some((message) => /could not be removed/.test(String(message))))
    await second.close()
    t.ok(isAnnounced())
    t.match(entriesIn(directory)[0], { seq: 1 })
  },
)

void t.test(
  'a disk that does not answer is trouble, and what it took too late is not there',
  async (t) => {
    const { directory, messages, open } = journals(t)
    let gate = Promise.resolve()
    const disk = {
      deadlineMs: 60_000,
      syncData: async (descriptor: number) => {
        await gate
        await systemDisk.syncData(descriptor)
      },
    }
    const journal = await open({ disk })
    t.match(await journal.append(begun('before')), { ok: true })
    const { promise, resolve } = Promise.withResolvers<void>()
    gate = promise
    disk.deadlineMs = 5
    journal.enqueue(ended('before'))
    const detail = /the disk of audit directory .* does not answer in time/
    const refused = { ok: false, refusal: { code: 'audit_unavailable', detail } }
    t.match(await journal.append(begun('hanging')), refused)
    t.match(journal.trouble(), detail)
    t.match(await journal.append(begun('at once')), refused)
    const before = journal.durableSeq()
    gate = Promise.resolve()
    disk.deadlineMs = 60_000
    resolve()
    await until(() => journal.trouble() === undefined)
    t.match(await journal.append(begun('after')), { ok: true })
    journal.enqueue(ended('after'))
    await journal.close()
    t.ok(before < journal.durableSeq())
    const names = entriesIn(directory).map((entry) => entry['decision_id'])
    t.strictSame(
      names.filter((name) => name !== undefined),
      ['d-before', 'd-before', 'd-after', 'd-after'],
      'each once',
    )
    t.match(await inspectJournal(directory), { faults: [] })
    t.match(messages(), [/cannot be written; refusing calls/, /can be written again/])
  },
)

void t.test(
  'a full disk stops rotation and checkpoints, and both go on when there is room',
  async (t) => {
    const disk = mountSmallDisk(t, 'size=160k')
    if (disk === undefined) return
    const { directory, often, open } = journals(t, disk)
    const segments = { bytesMax: 8 * 1024, ageMaxMs: hourMs }
    const journal = await open({ segments, checkpoints: often })
    const filler = join(disk, 'filler')
    writeFileSync(filler, Buffer.alloc(60 * 1024))
    const acknowledged: string[] = []
    for (let name = 0; journal.trouble() === undefined; name += 1) {
      if ((await journal.append(begun(name))).ok) acknowledged.push(`d-${name}`)
      journal.enqueue(ended(name))
    }
    rmSync(filler)
    await until(() => journal.trouble() === undefined)
    const checkpoint = journal.state().checkpoint?.seq ?? 0
    t.match(await journal.append(begun('last')), { ok: true })
    journal.enqueue(ended('last'))
    await until(() => (journal.state().checkpoint?.seq ?? 0) > checkpoint)
    await journal.close()
    t.ok(segmentPaths(directory).length > 2)
    const { faults, entries } = await inspectJournal(directory)
    t.strictSame(faults, [])
    const decided = entries.filter(({ kind }) => kind === 'decision')
    t.strictSame(
      decided.map((entry) => entry['decision_id']),
      [...acknowledged, 'd-last'],
    )
  },
)
