import type { ExportedEntry } from '../../src/export/sink.ts'
import { chainedLines } from './chained-lines.ts'

/** Entries as exports hand them to sinks, from one number to another. */
export function exportedEntries(from: number, to: number, padding = 0): ExportedEntry[] {
  return chainedLines(from, to, { padding }).map((line, index) => ({
    seq: from + index,
    line,
    entry: JSON.parse(line) as Record<string, unknown>,
  }))
}
