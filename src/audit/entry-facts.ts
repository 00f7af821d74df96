import type { RecordedEntry } from '../core/recorded-call.ts'

/** A text of an entry, or undefined where the field is not there or is no text. */
export function textOf(entry: RecordedEntry, name: string): string | undefined {
  const value = entry[name]
  return typeof value === 'string' ? value : undefined
}

/** A number of an entry, or undefined where the field is not there or is no number. */
export function numberOf(entry: RecordedEntry, name: string): number | undefined {
  const value = entry[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** The texts of a list of an entry; none where the field is no list. */
export function textsOf(entry: RecordedEntry, name: string): readonly string[] {
  const value = entry[name]
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}

/** An object of an entry, such as the claims of an identity; empty where the field is none. */
export function objectOf(entry: RecordedEntry, name: string): RecordedEntry {
  const value = entry[name]
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? (value as RecordedEntry) : {}
}

/** When an entry was written, in milliseconds since the epoch; undefined where it does not say. */
export function timeOf(entry: RecordedEntry, name = 'time'): number | undefined {
  const time = Date.parse(textOf(entry, name) ?? '')
  return Number.isNaN(time) ? undefined : time
}

/**
 * Whether an entry is about a decision on a call: the decision itself, or, for groups of calls that are
 * recorded at their end only, the one entry that they have.
 */
export function isDecision(entry: RecordedEntry): boolean {
  return entry['kind'] === 'decision' || isWholeCall(entry)
}

/** Whether an entry is a decision and its completion in one. */
export function isWholeCall(entry: RecordedEntry): boolean {
  return entry['kind'] === 'completion' && entry['level'] === 'completion'
}
