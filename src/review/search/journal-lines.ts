import { closeSync, openSync, readSync } from 'node:fs'
import { segmentPaths } from '../../record/directory.ts'
import { parsedEntry } from '../../record/parsed-entry.ts'
import { segmentHolding } from '../../record/segment-walk.ts'

type Entry = Readonly<Record<string, unknown>>

/** A line of the journal, and the entry that it is. */
export interface FoundLine {
  readonly text: string
  readonly entry: Entry
}

/** Reads single lines of a journal, of which the index knows the places. */
export interface JournalLines {
  /** The line of an entry, or undefined where it is gone or another line is in its place. */
  readonly read: (seq: number, place: number) => FoundLine | undefined
}

/** As long as most lines are; longer ones take a second read. */
const usualBytes = 2 * 1024

/** Gives access to the lines of a journal for as long as the function takes, which must not be async. */
export function withJournalLines<T>(directory: string, use: (lines: JournalLines) => T): T {
  const paths = segmentPaths(directory)
  const files = new Map<string, number | undefined>()
  const fileOf = (path: string): number | undefined => {
    if (!files.has(path)) files.set(path, openIfThere(path))
    return files.get(path)
  }
  try {
    return use({
      read(seq, place) {
        const path = segmentHolding(paths, seq)
        const file = path === undefined ? undefined : fileOf(path)
        const text = file === undefined || place < 0 ? undefined : lineAt(file, place)
        const entry = text === undefined ? undefined : parsedEntry(text)
        // Whoever changed the file may have moved lines: nothing is shown as what it is not.
        if (text === undefined || entry?.['seq'] !== seq) return undefined
        return { text, entry }
      },
    })
  } finally {
    for (const file of files.values()) if (file !== undefined) closeSync(file)
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r')
  } catch {
    return undefined
  }
}

function lineAt(file: number, place: number, size = usualBytes): string | undefined {
  const block = Buffer.allocUnsafe(size)
  const bytesRead = readSync(file, block, 0, size, place)
  const end = block.subarray(0, bytesRead).indexOf(0x0a)
  if (end >= 0) return block.toString('utf8', 0, end)
  return bytesRead < size ? undefined : lineAt(file, place, size * 8)
}
