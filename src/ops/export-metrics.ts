import { Counter, Gauge, type Registry } from 'prom-client'

/** What is measured of an export. */
export interface ExportMeasures {
  readonly name: string
  readonly lagEntries: number
  readonly lagSeconds: number
  /** Since the service was started. */
  readonly delivered: number
  readonly failures: number
}

/** What is measured of a witness. */
export interface WitnessMeasures {
  readonly name: string
  readonly waiting: number
  /** Since the service was started. */
  readonly published: number
  readonly failures: number
  readonly superseded: number
}

export interface ExportMetricsParts {
  readonly exports: () => readonly ExportMeasures[]
  readonly witnesses: () => readonly WitnessMeasures[]
}

/**
 * Gauges and counters of the exports and the witnesses, read when they are scraped. Labels are the names
 * of exports in the configuration, and places of witnesses in their list.
 */
export function addExportMetrics(parts: ExportMetricsParts, registers: Registry[]): void {
  const { exports, witnesses } = parts
  const ofExports = createSeries('export', exports, registers)
  ofExports.gauge(
    'sallyport_export_lag_entries',
    'Durable audit entries that an export has not delivered yet.',
    ({ lagEntries }) => lagEntries,
  )
  ofExports.gauge(
    'sallyport_export_lag_seconds',
    'Age of the oldest audit entry that an export tries to deliver.',
    ({ lagSeconds }) => lagSeconds,
  )
  ofExports.counter(
    'sallyport_export_delivered_total',
    'Audit entries that the other side has taken.',
    ({ delivered }) => delivered,
  )
  ofExports.counter(
    'sallyport_export_failures_total',
    'Attempts to deliver audit entries that failed; each is made again.',
    ({ failures }) => failures,
  )
  ofExports.counter(
    'sallyport_export_drops_total',
    'Audit entries that an export has given up: always 0, since none is.',
    () => 0,
  )
  const ofWitnesses = createSeries('witness', witnesses, registers)
  ofWitnesses.gauge(
    'sallyport_witness_waiting',
    'Signed checkpoints that wait to be published.',
    ({ waiting }) => waiting,
  )
  ofWitnesses.counter(
    'sallyport_witness_published_total',
    'Signed checkpoints that the witness has.',
    ({ published }) => published,
  )
  ofWitnesses.counter(
    'sallyport_witness_failures_total',
    'Attempts to publish a checkpoint that failed; each is made again.',
    ({ failures }) => failures,
  )
  ofWitnesses.counter(
    'sallyport_witness_superseded_total',
    'Signed checkpoints that were given up for newer ones, which cover them.',
    ({ superseded }) => superseded,
  )
}

/** Makes metrics with one label, of whatever there is when they are scraped. */
function createSeries<Measures extends { readonly name: string }>(
  label: string,
  all: () => readonly Measures[],
  registers: Registry[],
) {
  type Value = (measures: Measures) => number
  const labelNames = [label]
  return {
    gauge(name: string, help: string, value: Value): void {
      new Gauge({
        name,
        help,
        labelNames,
        registers,
        collect() {
          for (const each of all()) this.set({ [label]: each.name }, value(each))
        },
      })
    },
    counter(name: string, help: string, value: Value): void {
      new Counter({
        name,
        help,
        labelNames,
        registers,
        collect() {
          this.reset()
          for (const each of all()) this.inc({ [label]: each.name }, value(each))
        },
      })
    },
  }
}
