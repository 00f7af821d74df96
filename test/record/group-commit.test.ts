import t from 'tap'
import type { EntryBody } from '../../src/core/audit-entry.ts'
import { createGroupCommit } from '../../src/record/group-commit.ts'
import { keptLog, sampleEntry, until } from '../support/audit-files.ts'

/** A disk that can be told to fail or to wait, and keeps what was written to it in batches. */
function recordingDisk() {
  const batches: unknown[][] = []
  const disk = {
    failure: undefined as string | undefined,
    gate: Promise.resolve(),
    attempts: 0,
    trials: 0,
    batches,
  }
  const { log, lines, messages } = keptLog()
  let busy = false
  async function attempt(): Promise<void> {
    disk.attempts += 1
    if (busy) throw new Error('two writes at the same time')
    busy = true
    await disk.gate.finally(() => (busy = false))
    if (disk.failure !== undefined) throw new Error(disk.failure)
  }
  const commits = createGroupCommit({
    async write(batch: readonly EntryBody[]) {
      await attempt()
      batches.push(batch.map((body) => body['decision_id']))
    },
    async tryOut() {
      disk.trials += 1
      await attempt()
    },
    explain: (error) => `why: ${(error as Error).message}`,
    log,
  })
  return { disk, commits, lines, messages }
}

const unavailable = (detail: string) => ({
  ok: false,
  refusal: { refused: true, code: 'audit_unavailable', detail },
})

void t.test('what comes in one turn is written at once, in order', async (t) => {
  const { disk, commits } = recordingDisk()
  const first = commits.append(sampleEntry(1))
  commits.enqueue(sampleEntry(2))
  const third = commits.append(sampleEntry(3))
  t.strictSame(await Promise.all([first, third]), [{ ok: true }, { ok: true }])
  t.strictSame(disk.batches, [['d-1', 'd-2', 'd-3']])
})

void t.test('what comes during a write is written together after it', async (t) => {
  const { disk, commits } = recordingDisk()
  const gate = Promise.withResolvers<void>()
  disk.gate = gate.promise
  const first = commits.append(sampleEntry(1))
  await until(() => disk.attempts === 1)
  const others = [2, 3].map((name) => commits.append(sampleEntry(name)))
  commits.enqueue(sampleEntry(4))
  await new Promise((resolve) => setImmediate(resolve))
  gate.resolve()
  await Promise.all([first, ...others])
  t.strictSame(disk.batches, [['d-1'], ['d-2', 'd-3', 'd-4']])
})

void t.test('nothing is said to be recorded before it is written', async (t) => {
  const { disk, commits } = recordingDisk()
  const gate = Promise.withResolvers<void>()
  disk.gate = gate.promise
  let recorded = false
  const first = commits.append(sampleEntry(1)).then(() => (recorded = true))
  await until(() => disk.attempts === 1)
  t.equal(recorded, false)
  gate.resolve()
  await first
  t.strictSame(disk.batches, [['d-1']])
})

void t.test('entries that nobody waits for are written together within a moment', async (t) => {
  const { disk, commits } = recordingDisk()
  const started = performance.now()
  commits.enqueue(sampleEntry(1))
  await new Promise((resolve) => setImmediate(resolve))
  commits.enqueue(sampleEntry(2))
  await until(() => disk.batches.length > 0)
  t.ok(performance.now() - started < 1000)
  t.strictSame(disk.batches, [['d-1', 'd-2']])
})

void t.test('entries left after a write are written as well, awaited or not', async (t) => {
  const { disk, commits } = recordingDisk()
  const gate = Promise.withResolvers<void>()
  disk.gate = gate.promise
  const first = commits.append(sampleEntry(1))
  await until(() => disk.attempts === 1)
  commits.enqueue(sampleEntry(2))
  gate.resolve()
  await first
  await until(() => disk.batches.length === 2)
  t.strictSame(disk.batches, [['d-1'], ['d-2']])
})

void t.test(
  'after a failure all who wait are refused, and the others’ entries are kept',
  async (t) => {
    const { disk, commits, lines } = recordingDisk()
    const gate = Promise.withResolvers<void>()
    disk.gate = gate.promise
    disk.failure = 'disk full'
    commits.enqueue(sampleEntry(1))
    const second = commits.append(sampleEntry(2))
    await until(() => disk.attempts === 1)
    const third = commits.append(sampleEntry(3))
    commits.enqueue(sampleEntry(4))
    t.equal(commits.trouble(), undefined)
    gate.resolve()
    t.strictSame(await second, unavailable('why: disk full'))
    t.strictSame(await third, unavailable('why: disk full'))
    t.equal(commits.trouble(), 'why: disk full')
    t.strictSame(await commits.append(sampleEntry(5)), unavailable('why: disk full'))
    t.equal(disk.attempts, 1, 'refused without another attempt')
    commits.enqueue(sampleEntry(6))
    disk.failure = undefined
    await until(() => commits.trouble() === undefined)
    t.strictSame(disk.batches, [['d-1', 'd-4', 'd-6']])
    t.strictSame(await commits.append(sampleEntry(7)), { ok: true })
    t.match(lines(), [
      { level: 'error', why: 'why: disk full' },
      { level: 'info', msg: 'audit entries can be written again' },
    ])
  },
)

void t.test('recovers without being called, trying ten times a second at most', async (t) => {
  const { disk, commits, messages } = recordingDisk()
  disk.failure = 'disk full'
  t.match(await commits.append(sampleEntry(1)), { ok: false })
  const started = performance.now()
  await until(() => disk.trials === 3)
  t.ok(performance.now() - started >= 3 * 99)
  t.equal(messages().length, 1, 'told once')
  disk.failure = 'disk on fire'
  await until(() => commits.trouble() === 'why: disk on fire')
  disk.failure = undefined
  await until(() => commits.trouble() === undefined)
  t.strictSame(disk.batches, [])
  t.strictSame(await commits.append(sampleEntry(2)), { ok: true })
})

void t.test('a queue has an end, and those that wait are never dropped', async (t) => {
  const { disk, commits } = recordingDisk()
  const gate = Promise.withResolvers<void>()
  disk.gate = gate.promise
  const first = commits.append(sampleEntry('first'))
  await until(() => disk.attempts === 1)
  for (let name = 0; name < 100_000; name += 1) commits.enqueue(sampleEntry(name))
  const detail = 'too many entries wait for the disk'
  t.strictSame(await commits.append(sampleEntry('over')), unavailable(detail))
  gate.resolve()
  t.strictSame(await first, { ok: true })
  t.equal(await commits.drain(), 0)
  t.equal(disk.batches.flat().length, 100_001)
})

void t.test('draining writes what is queued and takes nothing more', async (t) => {
  const { disk, commits, lines } = recordingDisk()
  const gate = Promise.withResolvers<void>()
  disk.gate = gate.promise
  const first = commits.append(sampleEntry(1))
  await until(() => disk.attempts === 1)
  const second = commits.append(sampleEntry(2))
  commits.enqueue(sampleEntry(3))
  const drained = commits.drain()
  await new Promise((resolve) => setImmediate(resolve))
  commits.enqueue(sampleEntry(4))
  t.match(lines(), [{ level: 'error', msg: /after the journal was closed/ }])
  t.strictSame(await commits.append(sampleEntry(5)), unavailable('the journal is closed'))
  gate.resolve()
  t.equal(await drained, 0)
  t.strictSame(await Promise.all([first, second]), [{ ok: true }, { ok: true }])
  t.strictSame(disk.batches, [['d-1'], ['d-2', 'd-3']])
})

void t.test('draining gives up after one attempt and says how much is lost', async (t) => {
  const { disk, commits } = recordingDisk()
  disk.failure = 'disk full'
  t.match(await commits.append(sampleEntry(1)), { ok: false })
  commits.enqueue(sampleEntry(2))
  commits.enqueue(sampleEntry(3))
  const before = disk.attempts
  t.equal(await commits.drain(), 2)
  t.equal(disk.attempts, before + 1)
})

void t.test('draining an empty queue writes nothing', async (t) => {
  const { disk, commits } = recordingDisk()
  t.equal(await commits.drain(), 0)
  t.equal(disk.attempts, 0)
})

void t.test(
  'those who wait for one batch share a promise, and those of the next have another',
  async (t) => {
    const { disk, commits } = recordingDisk()
    const gate = Promise.withResolvers<void>()
    disk.gate = gate.promise
    const [first, second] = [commits.append(sampleEntry(1)), commits.append(sampleEntry(2))]
    t.equal(first, second)
    await until(() => disk.attempts === 1)
    const third = commits.append(sampleEntry(3))
    t.not(third, first)
    gate.resolve()
    t.strictSame(await Promise.all([first, third]), [{ ok: true }, { ok: true }])
  },
)

void t.test('a promise is shared by no more than are written at once', async (t) => {
  const { disk, commits } = recordingDisk()
  const written = () => disk.batches.flat().length
  const seen: number[] = []
  const all = Array.from({ length: 2500 }, (_, name) =>
    commits.append(sampleEntry(name)).then(() => seen.push(written())),
  )
  await Promise.all(all)
  t.strictSame(
    disk.batches.map((batch) => batch.length),
    [1000, 1000, 500],
  )
  t.equal(seen[0], 1000, 'the first hear of it after their own batch')
})

void t.test('who comes after a failure does not hear of it as their own', async (t) => {
  const { disk, commits } = recordingDisk()
  disk.failure = 'disk full'
  const first = commits.append(sampleEntry(1))
  t.strictSame(await first, unavailable('why: disk full'))
  disk.failure = undefined
  await until(() => commits.trouble() === undefined)
  const second = commits.append(sampleEntry(2))
  t.not(second, first)
  t.strictSame(await second, { ok: true })
})

void t.test('a full queue is trouble, for those who ask before they have an entry', async (t) => {
  const { disk, commits } = recordingDisk()
  const gate = Promise.withResolvers<void>()
  disk.gate = gate.promise
  commits.enqueue(sampleEntry('first'))
  await until(() => disk.attempts === 1)
  for (let name = 0; name < 100_000; name += 1) commits.enqueue(sampleEntry(name))
  t.equal(commits.trouble(), 'too many entries wait for the disk')
  gate.resolve()
  await until(() => commits.trouble() === undefined)
  t.equal(await commits.drain(), 0)
})
