import type { Registry } from 'prom-client'
import { registerGauge } from './gauge.ts'

/** What is known of the journal, as far as it is measured. */
export interface JournalMeasures {
  readonly segments: number
  readonly bytes: number
  /** `at` is in milliseconds since the epoch; absent until this process has recorded one. */
  readonly checkpoint: { readonly seq: number; readonly at: number } | undefined
  readonly open: { readonly count: number }
}

/** Registers gauges of the journal: how much there is of it, and how far it is signed. */
export function registerJournalMetrics(state: () => JournalMeasures, registers: Registry[]): void {
  const gauge = (name: string, help: string, value: () => number) =>
    registerGauge({ name: `sallyport_journal_${name}`, help, value }, registers)
  gauge('segments', 'Files of the journal.', () => state().segments)
  gauge('bytes', 'Size of the journal.', () => state().bytes)
  gauge(
    'open_calls',
    'Calls that were allowed and have no completion yet.',
    () => state().open.count,
  )
  gauge(
    'checkpoint_seq',
    'Number of the last checkpoint entry of this process; 0 before the first.',
    () => state().checkpoint?.seq ?? 0,
  )
  gauge(
    'checkpoint_timestamp_seconds',
    'When the last checkpoint of this process was signed, in Unix time; 0 before the first.',
    () => (state().checkpoint?.at ?? 0) / 1000,
  )
}
