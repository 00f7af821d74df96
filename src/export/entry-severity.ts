import type { RecordedEntry } from '../core/recorded-call.ts'

/** How much an entry matters, in three steps that every log system has. */
export type EntrySeverity = 'info' | 'warn' | 'error'

/** Error for what failed, warning for what was refused or is not known, information for all else. */
export function entrySeverity(entry: RecordedEntry): EntrySeverity {
  const { outcome, action } = entry
  if (outcome === 'failed' || entry['dropped_entries'] !== undefined) return 'error'
  const isWarning = outcome === 'refused' || outcome === 'unknown' || action === 'login_refused'
  return isWarning ? 'warn' : 'info'
}
