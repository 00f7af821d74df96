import { setTimeout as pause } from 'node:timers/promises'
import { createCaller, type Caller } from './caller.ts'
import type { AttackOrder, AttackOutcome } from './flood-attacker.ts'
import { startFloodUpstream } from './flood-upstream.ts'
import { root, runOutsideTap } from './outside-tap.ts'
import { serveSallyport, type ServedSallyport } from './served-sallyport.ts'

/** What a flood did to the service, and to somebody who did nothing. */
export interface FloodReport {
  readonly name: string
  readonly attacker: AttackOutcome
  /** Reasons that the wire counted meanwhile. */
  readonly refusals: Record<string, number>
  readonly calls: number
  readonly failures: readonly string[]
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  readonly peakBytes: number
  readonly heldBytes: number
  readonly handles: number
}

/** For which end of an attack is waited, and how long. */
export type AwaitedEnd = Pick<AttackOrder, 'mostMs' | 'needsGoaway'>

/** A service under attack, an upstream behind it, and a caller who wants no harm. */
export interface FloodRig {
  readonly sallyport: ServedSallyport
  readonly settledBytes: number
  readonly heldBytes: number
  readonly handles: number
  /** Attacks for a time, or for longer where nothing was ended by then. */
  readonly attack: (name: string, ms: number, end?: AwaitedEnd) => Promise<FloodReport>
  readonly stop: () => Promise<void>
}

/** What comes and goes while it works. */
const workingBytes = 8 * 2 ** 20

/** Starts everything, and lets it work for a moment, so that what is measured first is measured warm. */
export async function startFloodRig(limits = '{}'): Promise<FloodRig> {
  const upstream = await startFloodUpstream()
  const sallyport = await serveSallyport({
    upstreamAddress: upstream.address,
    plaintext: true,
    listenLimits: limits,
  })
  const caller = createCaller({ address: sallyport.address, token: sallyport.issuer.mint() })
  const warmUntil = performance.now() + 1_000
  await callFor(caller, () => performance.now() < warmUntil, 0)
  const settledBytes = await sallyport.settledBytes()
  const heldBytes = await sallyport.heldBytes()
  const handles = sallyport.handles()
  return {
    sallyport,
    settledBytes,
    heldBytes,
    handles,
    attack: (name, ms, end) => attackWith({ name, ms, end, sallyport, caller }),
    stop: async () => {
      caller.close()
      await sallyport.stop()
      upstream.close()
    },
  }
}

interface AttackWith {
  readonly name: string
  readonly ms: number
  readonly end: AwaitedEnd | undefined
  readonly sallyport: ServedSallyport
  readonly caller: Caller
}

async function attackWith({ name, ms, end, sallyport, caller }: AttackWith): Promise<FloodReport> {
  const before = await sallyport.refusals()
  const handlesBefore = sallyport.handles()
  const heldBefore = await sallyport.heldBytes()
  sallyport.takePeakBytes()
  let isAttacked = true
  const attacking = attackFor(sallyport, name, ms, end).finally(() => (isAttacked = false))
  const calling = callFor(caller, () => isAttacked, 5)
  const [attacker, { times, failures }] = await Promise.all([attacking, calling])
  const peakBytes = sallyport.takePeakBytes()
  const after = await sallyport.refusals()
  // What the attacker left behind is noticed when its process is gone.
  for (let tries = 0; tries < 30 && sallyport.handles() > handlesBefore + 8; tries += 1)
    await pause(100)
  // Calls whose callers are gone are still recorded, one after the other.
  let heldBytes = await sallyport.heldBytes()
  for (let tries = 0; tries < 10 && heldBytes > heldBefore + workingBytes; tries += 1) {
    heldBytes = await sallyport.heldBytes()
  }
  return {
    name,
    attacker,
    refusals: differences(before, after),
    calls: times.length,
    failures,
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
    maxMs: quantile(times, 1),
    peakBytes,
    heldBytes,
    handles: sallyport.handles(),
  }
}

/** Attacks from a process of its own, and hands back what came of it. */
export async function attackFor(
  { port, issuer }: ServedSallyport,
  name: string,
  ms: number,
  end: AwaitedEnd = { mostMs: ms, needsGoaway: false },
): Promise<AttackOutcome> {
  const order = { name, port, token: issuer.mint(), ms, ...end }
  const file = `${root}test/support/flood-attacker.ts`
  const run = [process.execPath, file, JSON.stringify(order)]
  return JSON.parse((await runOutsideTap(root, ...run)).stdout) as AttackOutcome
}

/** Calls one after the other for as long as it is wanted, and tells how long each took. */
async function callFor(caller: Caller, isWanted: () => boolean, pauseMs: number) {
  const times: number[] = []
  const failures: string[] = []
  while (isWanted()) {
    const began = performance.now()
    const { status, words } = await caller.call('DescribeNamespace', { namespace: 'payments' })
    times.push(performance.now() - began)
    if (status !== 0) failures.push(`${status} ${words}`)
    if (pauseMs > 0) await pause(pauseMs)
  }
  return { times, failures }
}

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0)
}

function differences(before: Record<string, number>, after: Record<string, number>) {
  const pairs = Object.entries(after).map(([key, n]) => [key, n - (before[key] ?? 0)] as const)
  return Object.fromEntries(pairs.filter(([, count]) => count > 0))
}
