import type { RecordedEntry } from '../../core/recorded-call.ts'
import { linesBackwards } from '../../record/backwards.ts'
import { headOf } from '../../record/chain.ts'
import { segmentPaths } from '../../record/directory.ts'
import { parsedEntry } from '../../record/parsed-entry.ts'
import { readJournal, seqBefore, type JournalEntry } from '../read-journal.ts'

/** Lines at the end that are looked at first: a few megabytes at most, and what somebody wants is mostly there. */
const nearLines = 2000

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
  const { directory, count, createSelect, onEntry } = options
  const near = await nearEntries(directory)
  const select = createSelect()
  const found = near.filter(({ entry }) => select(entry)).slice(-count)
  if (near.length < nearLines || found.length >= count) {
    for (const { entry } of near) onEntry(entry)
    const { seq, digest } = near.at(-1) ?? { seq: 0, digest: undefined }
    return { entries: count > 0 ? found : [], last: { seq, digest }, select }
  }
  return farEntries(options)
}

async function nearEntries(directory: string): Promise<readonly JournalEntry[]> {
  const found: JournalEntry[] = []
  for (const path of segmentPaths(directory).toReversed()) {
    for await (const bytes of linesBackwards(path)) {
      const head = headOf(bytes)
      const line = bytes.toString()
      const entry = head && parsedEntry(line)
      if (entry) found.push({ ...head, line, entry })
      if (found.length >= nearLines) return found.toReversed()
    }
  }
  return found.toReversed()
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
