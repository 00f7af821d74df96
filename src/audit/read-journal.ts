import { stat } from 'node:fs/promises'
import type { RecordedEntry } from '../core/recorded-call.ts'
import { segmentPaths } from '../record/directory.ts'
import { firstTimeIn } from '../record/first-time.ts'
import { followJournal } from '../record/follow.ts'
import { parsedEntry } from '../record/parsed-entry.ts'
import { firstSeqOf } from '../record/segment-walk.ts'

/** One entry of a journal: its line as it stands there, and the same parsed. */
export interface JournalEntry {
  readonly seq: number
  readonly line: string
  readonly entry: RecordedEntry
  /** SHA-256 of the line, in hex. */
  readonly digest: string
}

export interface ReadOptions {
  readonly directory: string
  /** Entries up to this number are left out. */
  readonly after?: number
  /** Digest of the line of that entry, where it is known. */
  readonly digest?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** Goes on when everything has been read, as the journal grows. */
  readonly follow?: boolean
  /** Told of what is not as it was written. Reading goes on: finding out is what `audit verify` is for. */
  readonly onFault?: ((message: string) => void) | undefined
  /** Lines that cannot be meant are not parsed. */
  readonly isCandidate?: ((line: Buffer) => boolean) | undefined
}

/**
 * Reads the entries of a journal in their order and in constant memory. Nothing is locked, so the service
 * may go on writing.
 *
 * @throws JournalRewritten where what was read already was replaced, and whatever reading files throws.
 */
export async function* readJournal(options: ReadOptions): AsyncGenerator<readonly JournalEntry[]> {
  const { directory, after = 0, digest, follow = false, onFault, isCandidate } = options
  const batches = followJournal({
    directory,
    after,
    signal: options.signal ?? new AbortController().signal,
    once: !follow,
    onFault: ({ message }) => onFault?.(message),
    ...(digest !== undefined && { digest }),
  })
  for await (const batch of batches) {
    const entries: JournalEntry[] = []
    for (const { seq, line, digest: own } of batch) {
      if (isCandidate && !isCandidate(line)) continue
      const text = line.toString()
      const entry = parsedEntry(text)
      if (entry) entries.push({ seq, line: text, entry, digest: own })
      else onFault?.(`entry ${seq} of ${directory} is no JSON`)
    }
    if (entries.length > 0) yield entries
  }
}

/**
 * How much earlier than asked reading begins: a call that ends in a period began before it, and what it
 * was only its decision says. Long polls last a minute, and clocks may be set back a little.
 */
const marginMs = 3_600_000

/** The number of the entry behind which to begin, so that nothing from this moment on is missed. */
export async function seqBefore(directory: string, from: number): Promise<number> {
  let after = 0
  if (from === -Infinity) return after
  for (const path of segmentPaths(directory)) {
    const first = await firstTimeIn(path)
    if (first !== undefined && first > from - marginMs) break
    after = firstSeqOf(path) - 1
  }
  return after
}

/** Why a directory is none of a journal, or undefined where it is one. */
export async function journalTrouble(directory: string): Promise<string | undefined> {
  try {
    if (!(await stat(directory)).isDirectory()) {
      const isArchive = /\.(tar\.gz|tgz)$/.test(directory)
      return `${directory} is a file; ${isArchive ? 'a bundle is verified with --bundle FILE' : 'name the directory'}`
    }
    if (segmentPaths(directory).length > 0) return undefined
    return `${directory} has no journal; name the directory that audit.directory names`
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const isForbidden = code === 'EACCES' || code === 'EPERM'
    const remedy = isForbidden
      ? 'run it as the user that owns the journal'
      : 'name the directory that audit.directory names'
    return `${directory} cannot be read (${code}); ${remedy}`
  }
}
