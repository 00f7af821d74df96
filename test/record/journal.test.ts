import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { verifyChain } from '../../src/record/chain.ts'
import { segmentPaths } from '../../src/record/directory.ts'
import { openJournal, type JournalOptions } from '../../src/record/journal.ts'
import { entriesIn, keptLog, linesIn, sampleEntry, until } from '../support/audit-files.ts'
import { mountSmallDisk, noDevFull } from '../support/small-disk.ts'
import { inspectJournal } from '../support/whole-journal.ts'

const at = Date.parse('2026-11-23T09:14:02.113Z')

function optionsFor(directory: string, others: Partial<JournalOptions> = {}): JournalOptions {
  return {
    directory,
    durability: 'synced',
    replica: 'sallyport-0',
    version: '0.1.0',
    log: keptLog().log,
    now: () => at,
    ...others,
  }
}

const kinds = (directory: string) => entriesIn(directory).map((entry) => entry['kind'])
const names = (directory: string) => entriesIn(directory).flatMap((e) => e['decision_id'] ?? [])

for (const durability of ['synced', 'buffered'] as const) {
  void t.test(
    `${durability}: thousands of entries at once are numbered, chained and in order`,
    async (t) => {
      const directory = join(t.testdir(), 'audit')
      const journal = await openJournal(optionsFor(directory, { durability }))
      const expected: string[] = []
      const recorded = Array.from({ length: 5000 }, (_, name) => {
        expected.push(`d-${name}`, `d-${name}`)
        const answer = journal.append(sampleEntry(name))
        journal.enqueue({ ...sampleEntry(name), kind: 'completion' })
        return answer
      })
      t.ok((await Promise.all(recorded)).every(({ ok }) => ok))
      await journal.close()
      t.match(await verifyChain(linesIn(directory)), { entries: 10_002, fault: undefined })
      t.strictSame(names(directory), expected)
    },
  )
}

void t.test(
  'a journal begins with a start, ends with a stop, and is its owner’s alone',
  async (t) => {
    const directory = join(t.testdir(), 'audit')
    const startFields = { policy_hash: 'sha256:77' }
    const journal = await openJournal(optionsFor(directory, { startFields }))
    t.equal(journal.trouble(), undefined)
    t.equal(entriesIn(directory).length, 1, 'the start is on the disk before the journal is open')
    journal.enqueue(sampleEntry(1))
    await Promise.all([journal.close(), journal.close()])
    t.strictSame(kinds(directory), ['start', 'decision', 'stop'])
    t.match(entriesIn(directory)[0], {
      id: /^[0-9A-Z]{26}$/,
      seq: 1,
      prev: '0'.repeat(64),
      time: '2026-11-23T09:14:02.113Z',
      kind: 'start',
      policy_hash: 'sha256:77',
      repaired_bytes: undefined,
      replica: 'sallyport-0',
      version: '0.1.0',
    })
    t.equal(statSync(directory).mode & 0o777, 0o700)
    t.equal(statSync(join(directory, '000000000001.jsonl')).mode & 0o777, 0o600)
    t.match(await journal.append(sampleEntry(2)), { refusal: { detail: 'the journal is closed' } })
  },
)

void t.test('a restart continues the chain', async (t) => {
  const directory = t.testdir()
  for (const name of [1, 2, 3]) {
    const journal = await openJournal(optionsFor(directory))
    await journal.append(sampleEntry(name))
    await journal.close()
  }
  t.match(await verifyChain(linesIn(directory)), { entries: 9, fault: undefined })
  t.strictSame(names(directory), ['d-1', 'd-2', 'd-3'])
})

void t.test(
  'wherever a crash cuts the last line, a restart removes the piece and says so',
  async (t) => {
    const directory = t.testdir()
    const path = join(directory, '000000000001.jsonl')
    const journal = await openJournal(optionsFor(directory, { durability: 'buffered' }))
    await journal.append(sampleEntry(1))
    const whole = readFileSync(path)
    await journal.append(sampleEntry(2))
    const more = readFileSync(path)
    await journal.close()
    for (let size = whole.length + 1; size < more.length; size += 1) {
      writeFileSync(path, more.subarray(0, size))
      const { log, lines } = keptLog()
      const again = await openJournal(optionsFor(directory, { durability: 'buffered', log }))
      await again.close()
      const report = await verifyChain(linesIn(directory))
      t.match(report, { entries: 4, fault: undefined }, `cut at ${size}`)
      t.match(entriesIn(directory)[2], { kind: 'start', repaired_bytes: size - whole.length })
      t.match(lines(), [{ level: 'warn', repaired_bytes: size - whole.length }])
    }
  },
)

void t.test('a damaged journal is not opened, and is free again', async (t) => {
  const directory = t.testdir({ '000000000001.jsonl': 'bad\nbad\n' })
  for (const attempt of [1, 2]) {
    const message = /damaged before its last line/
    await t.rejects(openJournal(optionsFor(directory)), { message }, `attempt ${attempt}`)
  }
})

void t.test('a directory that cannot be had is an error that says what to do', async (t) => {
  const file = join(t.testdir({ file: '' }), 'file')
  await t.rejects(openJournal(optionsFor(file)), { message: /is not a directory; move that file/ })
  const below = join(file, 'audit')
  await t.rejects(openJournal(optionsFor(below)), { message: /is not a directory/ })
})

void t.test('a second journal in the same directory is refused', async (t) => {
  const directory = t.testdir()
  const journal = await openJournal(optionsFor(directory))
  const message = `audit directory ${directory} is in use by another Sallyport; give each replica its own`
  await t.rejects(openJournal(optionsFor(directory)), { message })
  t.match(await journal.append(sampleEntry(1)), { ok: true })
  await journal.close()
  await (await openJournal(optionsFor(directory))).close()
})

void t.test('a start that cannot be recorded is no start', noDevFull, async (t) => {
  const directory = t.testdir()
  const path = join(directory, '000000000001.jsonl')
  symlinkSync('/dev/full', path)
  await t.rejects(openJournal(optionsFor(directory)), { message: /is full; free some space/ })
  rmSync(path)
  await (await openJournal(optionsFor(directory))).close()
  t.strictSame(kinds(directory), ['start', 'stop'])
})

void t.test('a read-only file system is an error that says so', async (t) => {
  const disk = mountSmallDisk(t, 'size=64k,ro')
  if (disk === undefined) return
  const message = /is on a read-only file system; mount it writable \(EROFS\)/
  await t.rejects(openJournal(optionsFor(disk)), { message })
  await t.rejects(openJournal(optionsFor(join(disk, 'audit'))), { message })
})

void t.test(
  'on a full disk calls are refused, and recorded again when there is room',
  async (t) => {
    const disk = mountSmallDisk(t, 'size=64k')
    if (disk === undefined) return
    const { log, messages } = keptLog()
    const journal = await openJournal(optionsFor(disk, { log }))
    const filler = join(disk, 'filler')
    writeFileSync(filler, Buffer.alloc(40 * 1024))
    const acknowledged: unknown[] = ['d-first']
    t.match(await journal.append(sampleEntry('first')), { ok: true })
    for (let name = 0; journal.trouble() === undefined; name += 1) {
      const recorded = await journal.append({ ...sampleEntry(name), pad: 'x'.repeat(700) })
      if (recorded.ok) acknowledged.push(`d-${name}`)
      else t.match(recorded.refusal, { code: 'audit_unavailable', detail: /is full.*ENOSPC/ })
    }
    t.ok(acknowledged.length > 5)
    t.match(await journal.append(sampleEntry('refused')), { ok: false })
    journal.enqueue(sampleEntry('kept-1'))
    journal.enqueue(sampleEntry('kept-2'))
    rmSync(filler)
    await until(() => journal.trouble() === undefined)
    t.match(await journal.append(sampleEntry('last')), { ok: true })
    await journal.close()
    t.strictSame(names(disk), [...acknowledged, 'd-kept-1', 'd-kept-2', 'd-last'])
    t.match(await verifyChain(linesIn(disk)), { fault: undefined })
    t.equal(messages().length, 2, 'the log has the beginning and the end of it')
  },
)

void t.test('entries that cannot be written before the end are counted in the log', async (t) => {
  const directory = join(t.testdir(), 'audit')
  const clock = { at }
  const { log, lines } = keptLog()
  const journal = await openJournal(optionsFor(directory, { log, now: () => clock.at }))
  renameSync(directory, `${directory}.away`)
  clock.at += 1000
  t.match(await journal.append(sampleEntry(1)), {
    refusal: { detail: /is missing; create it again/ },
  })
  journal.enqueue(sampleEntry(2))
  await journal.close()
  t.match(lines().at(-1), { level: 'error', lost: 2 }, 'the entry and the stop')
})

void t.test('a vanished directory refuses calls until it is back', async (t) => {
  const directory = join(t.testdir(), 'audit')
  const clock = { at }
  const journal = await openJournal(optionsFor(directory, { now: () => clock.at }))
  renameSync(directory, `${directory}.away`)
  clock.at += 1000
  t.match(await journal.append(sampleEntry(1)), { ok: false })
  renameSync(`${directory}.away`, directory)
  await until(() => journal.trouble() === undefined)
  t.match(await journal.append(sampleEntry(2)), { ok: true })
  await journal.close()
  t.match(await verifyChain(linesIn(directory)), { entries: 3, fault: undefined })
})

void t.test(
  'a restart after the first file was deleted goes on in the one that followed it',
  async (t) => {
    const directory = t.testdir()
    const clock = { at }
    const journal = await openJournal(optionsFor(directory, { now: () => clock.at }))
    rmSync(join(directory, '000000000001.jsonl'))
    clock.at += 1000
    t.match(await journal.append(sampleEntry(1)), { ok: true })
    await journal.close()
    await (await openJournal(optionsFor(directory))).close()
    t.strictSame(
      entriesIn(directory).map(({ seq }) => seq),
      [2, 3, 4, 5],
    )
  },
)

void t.test(
  'hostile values stay on one line and an oversized entry is still recorded',
  async (t) => {
    const directory = t.testdir()
    const journal = await openJournal(optionsFor(directory))
    const values = ['a\nb\r\n', '\u001b[31m\u009b', '\u2028\u2029', '\ud800', 'x'.repeat(2 ** 21)]
    for (const workflow_id of values) {
      t.match(await journal.append({ ...sampleEntry(1), workflow_id }), { ok: true })
    }
    await journal.close()
    const lines = linesIn(directory)
    t.match(await verifyChain(lines), { entries: 7, fault: undefined })
    for (const line of lines) t.match(line.toString(), /^[\x20-\x7e]{1,65536}$/)
    t.match(entriesIn(directory)[5], { decision_id: 'd-1', oversized_bytes: Number })
  },
)

void t.test(
  'kill -9 under load: every entry that was acknowledged is there and the chain holds',
  async (t) => {
    const directory = t.testdir()
    const script = new URL('../support/journal-load.ts', import.meta.url).pathname
    const acknowledged: string[] = []
    for (let round = 0; round < 5; round += 1) {
      const child = spawn(process.execPath, [script, directory])
      let printed = ''
      child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
      const target = 1 + Math.floor(Math.random() * 4000)
      await until(() => printed.length > target || child.exitCode !== null)
      const message = /in use by another/
      if (round === 0) await t.rejects(openJournal(optionsFor(directory)), { message })
      child.kill('SIGKILL')
      await once(child, 'close')
      const [opened, ...all] = printed.split('\n').slice(0, -1)
      t.equal(opened, 'open', 'the lock of the killed process before does not stand in the way')
      acknowledged.push(...all.map((name) => `d-${name}`))
      appendFileSync(segmentPaths(directory).at(-1)!, '{"id":"cut sho')
    }
    const journal = await openJournal(optionsFor(directory))
    await journal.close()
    const { faults, entries } = await inspectJournal(directory)
    t.strictSame(faults, [])
    const decisions = entries.filter((entry) => entry['kind'] === 'decision')
    const recorded = new Set(decisions.map((entry) => entry['decision_id']))
    t.ok(acknowledged.length > 0)
    t.strictSame(
      acknowledged.filter((name) => !recorded.has(name)),
      [],
    )
    t.ok(entriesIn(directory).filter((entry) => entry['repaired_bytes'] !== undefined).length >= 5)
  },
)
