import type { FollowedLine } from '../record/journal-position.ts'
import type { CursorPosition } from './cursor-file.ts'
import type { ExportedEntry } from './sink.ts'

/** Lines of the journal as they are sent on, and where the cursor is once they are. */
export interface Batch {
  readonly entries: readonly ExportedEntry[]
  readonly end: CursorPosition
  /** Time of the first entry, in milliseconds since the epoch. */
  readonly since: number | undefined
  /** Numbers of lines that begin like entries and are none: nothing can be sent of them. */
  readonly unreadable: readonly number[]
}

/** Makes a batch of lines, of which there is at least one. */
export function batchOf(lines: readonly FollowedLine[], before: CursorPosition): Batch {
  const entries: ExportedEntry[] = []
  const unreadable: number[] = []
  let end = before
  for (const { seq, line, digest } of lines) {
    const text = line.toString()
    const entry = parsed(text)
    if (entry === undefined) unreadable.push(seq)
    else entries.push({ seq, line: text, entry })
    end = { seq, id: textOf(entry?.['id']), time: textOf(entry?.['time']), digest }
  }
  const since = Date.parse(textOf(entries[0]?.entry['time']))
  return { entries, end, since: Number.isNaN(since) ? undefined : since, unreadable }
}

function parsed(text: string): ExportedEntry['entry'] | undefined {
  try {
    return JSON.parse(text) as ExportedEntry['entry']
  } catch {
    return undefined
  }
}

/** What the cursor repeats for its readers is short in every entry that the journal writes. */
function textOf(value: unknown): string {
  return typeof value === 'string' && value.length <= 64 ? value : ''
}
