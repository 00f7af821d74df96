import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Method } from '../core/method.ts'
import type { Outcome } from '../core/outcome.ts'
import { addExportMetrics, type ExportMetricsParts } from './export-metrics.ts'
import { registerGauge } from './gauge.ts'
import { registerJournalMetrics, type JournalMeasures } from './journal-metrics.ts'
import { createPolicyMetrics, type PolicyMeasures, type PolicyMetrics } from './policy-metrics.ts'
import { createWireMetrics, type WireMetrics, type WireMetricsParts } from './wire-metrics.ts'

/** Seconds: from a refusal out of the cache to a long poll. */
const durationBuckets = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30, 90,
]

export interface CallMeasure {
  readonly method: Method | undefined
  readonly outcome: Outcome
  readonly durationMs: number
}

/** What becomes known about an issuer, as far as it is counted. */
export interface KeysMeasure {
  readonly kind: string
  readonly issuer: string
}

export interface MetricsParts extends ExportMetricsParts {
  /** Connections of callers, and those to the upstream. */
  readonly wire: WireMetricsParts
  readonly version: string
  readonly callsInFlight: () => number
  readonly issuers: () => readonly {
    readonly name: string
    readonly usable: boolean
    readonly stale: boolean
  }[]
  readonly journalTrouble: () => string | undefined
  readonly journal: () => JournalMeasures
  readonly policies: () => PolicyMeasures
}

export interface Metrics {
  readonly call: (measure: CallMeasure) => void
  readonly keys: (measure: KeysMeasure) => void
  readonly policy: PolicyMetrics
  readonly wire: WireMetrics
  /** Everything, in the Prometheus text format. */
  readonly render: () => Promise<string>
  readonly contentType: string
}

/**
 * Counters and gauges of one service. Labels take their values from closed sets: methods of the API,
 * codes of the refusal table, issuers of the configuration. Nothing a caller sends becomes a label.
 */
export function createMetrics(parts: MetricsParts): Metrics {
  const registers = [new Registry()]
  const [registry] = registers as [Registry]
  collectDefaultMetrics({ register: registry, prefix: 'sallyport_' })
  const calls = new Counter({
    name: 'sallyport_calls_total',
    help: 'Calls that have ended, by method, outcome and, where Sallyport ended them, code.',
    labelNames: ['service', 'method', 'outcome', 'code'],
    registers,
  })
  const durations = new Histogram({
    name: 'sallyport_call_duration_seconds',
    help: 'Time from the headers of a call to its end.',
    labelNames: ['outcome'],
    buckets: durationBuckets,
    registers,
  })
  const keyEvents = new Counter({
    name: 'sallyport_issuer_events_total',
    help: 'Keys fetched, added and withdrawn, fetches that failed, and claims that are not as expected.',
    labelNames: ['issuer', 'event'],
    registers,
  })
  addGauges(parts, registers)
  registerJournalMetrics(parts.journal, registers)
  addExportMetrics(parts, registers)
  return {
    call: ({ method, outcome, durationMs }) => {
      const service = method?.service ?? 'unknown'
      const name = method?.name ?? 'unknown'
      calls.inc({ service, method: name, outcome: outcome.result, code: outcome.code ?? '' })
      durations.observe({ outcome: outcome.result }, durationMs / 1000)
    },
    keys: ({ issuer, kind }) => keyEvents.inc({ issuer, event: kind }),
    policy: createPolicyMetrics(parts.policies, registers),
    wire: createWireMetrics(parts.wire, registers),
    render: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

/** Gauges are read when they are scraped. */
function addGauges(parts: MetricsParts, registers: Registry[]): void {
  const gauge = (name: string, help: string, value: () => number) =>
    registerGauge({ name, help, value }, registers)
  gauge('sallyport_calls_in_flight', 'Calls that have not ended.', parts.callsInFlight)
  gauge('sallyport_journal_available', '1 when audit entries can be written.', () =>
    parts.journalTrouble() === undefined ? 1 : 0,
  )
  perIssuer(
    parts,
    registers,
    'sallyport_issuer_keys_usable',
    'usable',
    '1 when tokens of the issuer can be verified.',
  )
  perIssuer(
    parts,
    registers,
    'sallyport_issuer_keys_stale',
    'stale',
    '1 when the keys in use should have been fetched again.',
  )
  new Gauge({
    name: 'sallyport_info',
    help: 'The version that runs and the hash of the policy in force.',
    labelNames: ['version', 'policy_hash'],
    registers,
    collect() {
      this.reset()
      this.set({ version: parts.version, policy_hash: parts.policies().hash }, 1)
    },
  })
}

function perIssuer(
  parts: MetricsParts,
  registers: Registry[],
  name: string,
  key: 'usable' | 'stale',
  help: string,
): void {
  new Gauge({
    name,
    help,
    labelNames: ['issuer'],
    registers,
    collect() {
      for (const state of parts.issuers()) this.set({ issuer: state.name }, state[key] ? 1 : 0)
    },
  })
}
