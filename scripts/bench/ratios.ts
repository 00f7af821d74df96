import type { Comparison, PollRow, Row, SingleRow, TransportResult } from './compare.ts'
import { median } from './latencies.ts'
import type { Run } from './measure.ts'
import type { ProxyName } from './proxies.ts'

/** What was measured, apart from where. */
export interface Figures {
  readonly plaintext: TransportResult
  readonly tls: TransportResult
  readonly payloads: readonly Comparison[]
  readonly tokens: readonly Comparison[]
  readonly single: readonly SingleRow[]
  readonly polls: readonly PollRow[]
}

type Part = 'cpuUsPerCall' | 'callsPerSecond' | 'p50Us' | 'p99Us' | 'residentMiB'

/**
 * A figure of one proxy as a ratio to Envoy's. Of each round by itself, and then the one in the middle:
 * what else the machine does weighs on both alike.
 */
export function ratioToEnvoy({ rows }: Comparison, proxy: ProxyName, part: Part): number {
  const own = roundsOf(rows, proxy)
  const envoys = roundsOf(rows, 'envoy')
  const ratios = own.map((run, at) => partOf(run, part) / partOf(envoys[at] ?? run, part))
  return hundredth(median(ratios))
}

function roundsOf(rows: readonly Row[], proxy: ProxyName): readonly Run[] {
  const row = rows.find((candidate) => candidate.proxy === proxy)
  if (row === undefined) throw new Error(`${proxy} was not measured`)
  return row.rounds
}

function partOf(run: Run, part: Part): number {
  return part === 'p50Us' || part === 'p99Us' ? run.latency[part] : run[part]
}

/** The ratios that say whether Sallyport is as cheap as it wants to be. */
export function ratiosOf(figures: Figures) {
  const { plaintext, tls, payloads, tokens, single, polls } = figures
  const synced = (comparison: Comparison, part: Part) =>
    ratioToEnvoy(comparison, 'sallyport-synced', part)
  const buffered = (comparison: Comparison, part: Part) =>
    ratioToEnvoy(comparison, 'sallyport-buffered', part)
  const byName = (comparisons: readonly Comparison[]) =>
    Object.fromEntries(comparisons.map((one) => [one.name, synced(one, 'cpuUsPerCall')]))
  const added = (proxy: ProxyName) =>
    one(single, proxy).addedMeanUs / one(single, 'envoy').addedMeanUs
  const perPoll = (proxy: ProxyName) =>
    one(polls, proxy).bytesPerPoll / one(polls, 'envoy').bytesPerPoll
  return {
    cpu_per_call: {
      plaintext: synced(plaintext.load, 'cpuUsPerCall'),
      tls: synced(tls.load, 'cpuUsPerCall'),
      plaintext_buffered: buffered(plaintext.load, 'cpuUsPerCall'),
      tls_buffered: buffered(tls.load, 'cpuUsPerCall'),
    },
    calls_per_second: {
      plaintext: synced(plaintext.load, 'callsPerSecond'),
      tls: synced(tls.load, 'callsPerSecond'),
    },
    p99_at_equal_load: {
      plaintext: synced(plaintext.steady, 'p99Us'),
      tls: synced(tls.steady, 'p99Us'),
      plaintext_buffered: buffered(plaintext.steady, 'p99Us'),
      tls_buffered: buffered(tls.steady, 'p99Us'),
    },
    added_latency: {
      synced: hundredth(added('sallyport-synced')),
      buffered: hundredth(added('sallyport-buffered')),
    },
    cpu_per_call_by_payload: byName(payloads),
    cpu_per_call_by_tokens: byName(tokens),
    memory_under_load: synced(plaintext.load, 'residentMiB'),
    memory_of_an_idle_poll: hundredth(perPoll('sallyport-synced')),
  }
}

export type Ratios = ReturnType<typeof ratiosOf>

function one<R extends { readonly proxy: string }>(rows: readonly R[], proxy: ProxyName): R {
  const row = rows.find((candidate) => candidate.proxy === proxy)
  if (row === undefined) throw new Error(`${proxy} was not measured`)
  return row
}

function hundredth(value: number): number {
  return Math.round(value * 100) / 100
}
