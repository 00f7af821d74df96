import type { RecordedEntry } from '../core/recorded-call.ts'

/** A field of an entry that should be a text; empty where it is none. */
export function textOf(entry: RecordedEntry, name: string): string {
  const value = entry[name]
  return typeof value === 'string' ? value : ''
}
