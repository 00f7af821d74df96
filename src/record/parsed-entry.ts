import type { RecordedEntry } from '../core/recorded-call.ts'

/** The entry that a line of a journal is, or undefined where it is none: cut short by a crash, or still being written. */
export function parsedEntry(line: string): RecordedEntry | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as RecordedEntry) : undefined
  } catch {
    return undefined
  }
}
