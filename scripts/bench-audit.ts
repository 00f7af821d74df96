import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, release, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { createLog } from '../src/log.ts'
import { openJournal } from '../src/record/journal.ts'
import { createRecorder, type Recorder } from '../src/record/recorder.ts'
import { bareHash } from './bare-hash.ts'
import { bareSync } from './bare-sync.ts'
import { fileSystemOf } from './bench/machine.ts'
import { callsToRecord, type CallToRecord } from './calls-to-record.ts'

/**
 * What it costs to record calls: `npm run bench:audit -- [--json FILE] [--directory DIR] [--quick]`.
 * Calls come as they do in service: so many at a time, each waiting for its decision to be recorded and
 * leaving its completion behind. CPU is that of the whole process, user and system, the callers' loop
 * and the garbage collector included. What the machine takes for the hashes and the syncs alone stands
 * beside it, since both differ by a factor between machines.
 */

const targetUs = 8
const entriesPerCall = 2
/** A few at a time is what a replica under load has; one at a time shows what the disk takes. */
const loads = [128, 64, 1] as const

const { values: flags } = parseArgs({
  options: {
    json: { type: 'string' },
    directory: { type: 'string', default: tmpdir() },
    quick: { type: 'boolean', default: false },
  },
})

interface Measured {
  readonly durability: 'synced' | 'buffered'
  readonly atATime: number
  readonly calls: number
  readonly entriesPerSecond: number
  readonly cpuPerCallUs: number
  readonly cpuPerEntryUs: number
  /** What a decision waits for its record, in microseconds. */
  readonly latencyP50Us: number
  readonly latencyP99Us: number
}

function callCount(durability: Measured['durability'], atATime: number): number {
  if (flags.quick) return 500
  if (atATime > 1) return 200_000
  return durability === 'synced' ? 3_000 : 50_000
}

async function measure(
  directory: string,
  durability: Measured['durability'],
  atATime: number,
): Promise<Measured> {
  mkdirSync(directory)
  const journal = await openJournal({
    directory,
    durability,
    replica: 'sallyport-0',
    version: '0.1.0',
    log: createLog({ level: 'warn' }),
    now: Date.now,
  })
  const recorder = createRecorder({ journal })
  const calls = callsToRecord()
  // The code is compiled, and every identity has its entry, before anything is measured.
  await record(recorder, calls, flags.quick ? 500 : 20_000, atATime)
  const count = callCount(durability, atATime)
  const cpu = process.cpuUsage()
  const began = performance.now()
  const waitsUs = await record(recorder, calls, count, atATime)
  await journal.close()
  const tookMs = performance.now() - began
  const { user, system } = process.cpuUsage(cpu)
  rmSync(directory, { recursive: true })
  return {
    durability,
    atATime,
    calls: count,
    entriesPerSecond: Math.round((count * entriesPerCall * 1_000) / tookMs),
    cpuPerCallUs: rounded((user + system) / count),
    cpuPerEntryUs: rounded((user + system) / count / entriesPerCall),
    latencyP50Us: rounded(waitsUs[Math.floor(count * 0.5)] ?? Number.NaN),
    latencyP99Us: rounded(waitsUs[Math.floor(count * 0.99)] ?? Number.NaN),
  }
}

/** Records so many calls, and returns how long each decision waited in microseconds, shortest first. */
async function record(
  recorder: Recorder,
  calls: readonly CallToRecord[],
  count: number,
  atATime: number,
): Promise<Float64Array> {
  const waitsUs = new Float64Array(count)
  const outcome = { result: 'completed', grpcStatus: 0, bytes: 43 } as const
  let next = 0
  async function caller(): Promise<void> {
    while (next < count) {
      const turn = next++
      const call = calls[turn % calls.length]
      if (call === undefined) throw new Error('there are no calls to record')
      const decisionId = `d-${String(turn).padStart(12, '0')}`
      const began = performance.now()
      const recorded = await recorder.decision({ ...call, at: Date.now(), decisionId })
      waitsUs[turn] = (performance.now() - began) * 1_000
      if (!recorded.ok) throw new Error(recorded.refusal.detail)
      recorder.completion({ at: Date.now(), decisionId, outcome, durationMs: 17.4 })
    }
  }
  await Promise.all(Array.from({ length: atATime }, caller))
  return waitsUs.sort()
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10
}

const parent = resolve(flags.directory)
const scratch = mkdtempSync(join(parent, 'sallyport-bench-audit-'))
try {
  const machine = {
    processors: cpus().length,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    kernel: release(),
    node: process.version,
    fileSystem: fileSystemOf(parent),
  }
  const { processors, processor, kernel, node, fileSystem } = machine
  console.log(`${processors} × ${processor}, Linux ${kernel}, Node ${node}, ${fileSystem}`)
  const sync = await bareSync(scratch, flags.quick ? 20 : 500)
  console.log(
    `writing ${sync.bytes / 1024} KiB and one fdatasync, nothing else: ` +
      `${sync.cpuUs} µs CPU, ${sync.p50Us} µs p50, ${sync.p99Us} µs p99`,
  )
  const hashUs = bareHash(flags.quick ? 1_000 : 200_000)
  console.log(`SHA-256 of the two lines of a call, nothing else: ${rounded(hashUs)} µs CPU`)
  console.log(
    [
      'mode',
      'at a time',
      'entries/s',
      'µs CPU/entry',
      'µs CPU/call',
      'of it bare',
      'p50 µs',
      'p99 µs',
    ]
      .map((title) => title.padStart(13))
      .join(''),
  )
  const measured: (Measured & { readonly bareUs: number })[] = []
  for (const durability of ['synced', 'buffered'] as const) {
    for (const atATime of loads) {
      const directory = join(scratch, `${durability}-${atATime}`)
      const syncUs = durability === 'synced' ? sync.cpuUs / atATime : 0
      const bareUs = rounded(hashUs + syncUs)
      const row = { ...(await measure(directory, durability, atATime)), bareUs }
      measured.push(row)
      const { entriesPerSecond, cpuPerEntryUs, cpuPerCallUs, latencyP50Us, latencyP99Us } = row
      const numbers = [
        entriesPerSecond,
        cpuPerEntryUs,
        cpuPerCallUs,
        bareUs,
        latencyP50Us,
        latencyP99Us,
      ]
      const cells = [durability, atATime, ...numbers]
      console.log(cells.map((cell) => String(cell).padStart(13)).join(''))
    }
  }
  const worstUs = Math.max(
    ...measured.filter(({ atATime }) => atATime > 1).map(({ cpuPerCallUs }) => cpuPerCallUs),
  )
  const verdict = worstUs <= targetUs ? 'met' : 'missed'
  console.log(`target of ${targetUs} µs CPU a call under load: ${verdict}, at most ${worstUs} µs`)
  if (flags.json !== undefined) {
    writeFileSync(
      flags.json,
      `${JSON.stringify({ machine, sync, hashUs, targetUs, measured }, null, 2)}\n`,
    )
  }
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
