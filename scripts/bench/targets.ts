import type { BenchResult } from './result.ts'

/** What Sallyport wants to be, and whether it was in one run. */
export interface Target {
  readonly what: string
  readonly wanted: string
  readonly got: string
  readonly isMet: boolean
}

const idlePollBytesMax = 4_096

/** All targets, with what a run showed. */
export function targetsOf({ ratio_to_envoy: ratios, single, polls, sync }: BenchResult): Target[] {
  const atMost = (what: string, most: number, got: number): Target => {
    return { what, wanted: `at most ${most}`, got: String(got), isMet: got <= most }
  }
  const p50Of = (proxy: string) =>
    single.find((row) => row.proxy === proxy)?.addedP50Us ?? Number.NaN
  const syncedMore = Math.round(p50Of('sallyport-synced') - p50Of('sallyport-buffered'))
  const poll = polls.find(({ proxy }) => proxy === 'sallyport-synced')?.bytesPerPoll ?? Number.NaN
  const throughput = ratios.calls_per_second.plaintext
  const megabyte = ratios.cpu_per_call_by_payload['1000000 B'] ?? Number.NaN
  return [
    atMost('CPU a call, plaintext, to Envoy', 0.5, ratios.cpu_per_call.plaintext),
    atMost('CPU a call, TLS, to Envoy', 0.5, ratios.cpu_per_call.tls),
    {
      what: 'calls a second on one processor, plaintext, to Envoy',
      wanted: 'at least 2',
      got: String(throughput),
      isMet: throughput >= 2,
    },
    atMost(
      'p99 at the same steady load, plaintext, to Envoy',
      1,
      ratios.p99_at_equal_load.plaintext,
    ),
    atMost('p99 at the same steady load, TLS, to Envoy', 1, ratios.p99_at_equal_load.tls),
    atMost(
      'latency added to a single call, `buffered`, to Envoy',
      1,
      ratios.added_latency.buffered,
    ),
    {
      what: 'what `synced` adds to a single call beyond `buffered`',
      wanted: `at most one sync of the disk, ${sync.p50Us} µs`,
      got: `${syncedMore} µs`,
      isMet: syncedMore <= sync.p50Us,
    },
    atMost('CPU a call with a megabyte, to Envoy', 1.2, megabyte),
    {
      what: 'memory of an idle poll',
      wanted: `at most ${idlePollBytesMax} bytes`,
      got: `${poll} bytes`,
      isMet: poll <= idlePollBytesMax,
    },
  ]
}
