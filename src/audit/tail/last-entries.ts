import type { RecordedEntry } from '../../core/recorded-call.ts'
import { linesBackwards } from '../../record/backwards.ts'
import { segmentPaths } from '../../record/directory.ts'
import { entryPlace } from '../../record/entry-place.ts'
import { createJournalPosition, type JournalPosition } from '../../record/journal-position.ts'
import { parsedEntry } from '../../record/parsed-entry.ts'
import { readJournal, seqBefore, type JournalEntry } from '../read-journal.ts'

/** Lines at the end that are looked at first: a few megabytes at most, and what somebody wants is mostly there. */
const nearLinesMax = 2000

/** The end of a journal: what somebody looks for there, and where reading on begins. */
export interface JournalEnd {
  /** Oldest first. */
  readonly entries: readonly JournalEntry[]
  /** The last entry of all, whether or not it was looked for. */
  readonly last: { readonly seq: number; readonly digest: string | undefined }
  /** Whether the next entry is looked for: it remembers the calls that are under way. */
  readonly select: (entry: RecordedEntry) => boolean
}

export interface EndOptions {
  readonly directory: string
  /** Most entries. */
  readonly count: number
  /** Makes what says of one entry after the other whether it is looked for. */
  readonly createSelect: () => (entry: RecordedEntry) => boolean
  /** The first moment of the period that is looked at, in milliseconds. */
  readonly from: number
  /** Told of every entry that is read, in their order. */
  readonly onEntry: (entry: RecordedEntry) => void
  readonly onFault?: (message: string) => void
  /** Ends a long look early; what was found by then is not the end of the journal. */
  readonly signal?: AbortSignal
}

/**
 * Finds the last entries that are looked for. Where they are not near the end, the whole period is read,
 * in constant memory.
 */
export async function lastEntries(options: EndOptions): Promise<JournalEnd> {
  const { directory, count, createSelect, onEntry, onFault } = options
  const faults: string[] = []
  const lines = await nearLines(directory)
  const near = entriesOf(lines, { directory, onFault: (message) => faults.push(message) })
  const select = createSelect()
  const found = near.filter(({ entry }) => select(entry)).slice(-count)
  if (lines.length < nearLinesMax || found.length >= count) {
    for (const message of faults) onFault?.(message)
    for (const { entry } of near) onEntry(entry)
    const { seq, digest } = near.at(-1) ?? { seq: 0, digest: undefined }
    return { entries: count > 0 ? found : [], last: { seq, digest }, select }
  }
  return farEntries(options)
}

/** The last whole lines of a journal, oldest first. */
async function nearLines(directory: string): Promise<readonly Buffer[]> {
  const found: Buffer[] = []
  for (const path of segmentPaths(directory).toReversed()) {
    for await (const line of linesBackwards(path)) {
      found.push(line)
      if (found.length >= nearLinesMax) return found.toReversed()
    }
  }
  return found.toReversed()
}

/** The entries of lines that follow one another, and what is wrong with that. */
function entriesOf(
  lines: readonly Buffer[],
  {
    directory,
    onFault,
  }: { readonly directory: string; readonly onFault: (message: string) => void },
): readonly JournalEntry[] {
  const found: JournalEntry[] = []
  let position: JournalPosition | undefined
  for (const bytes of lines) {
    const place = entryPlace(bytes)
    position ??= createJournalPosition({
      directory,
      after: (place?.seq ?? 1) - 1,
      digest: place?.prev,
    })
    const fault = position.faultOf(place)
    if (fault !== undefined) onFault(fault)
    const line = bytes.toString()
    const entry = place && parsedEntry(line)
    if (entry) found.push({ ...position.moveTo(bytes, place), line, entry })
  }
  return found
}

async function farEntries(options: EndOptions): Promise<JournalEnd> {
  const { directory, count, createSelect, from, onEntry, onFault, signal } = options
  const select = createSelect()
  let found: JournalEntry[] = []
  let last: JournalEnd['last'] = { seq: 0, digest: undefined }
  const after = await seqBefore(directory, from)
  for await (const batch of readJournal({ directory, after, onFault, signal })) {
    for (const each of batch) {
      onEntry(each.entry)
      last = each
      if (select(each.entry)) found.push(each)
    }
    found = found.slice(-count)
  }
  return { entries: found, last: { seq: last.seq, digest: last.digest }, select }
}
