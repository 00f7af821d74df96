import { open, type FileHandle } from 'node:fs/promises'
import { basename } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { segmentPaths } from './directory.ts'

/** Where a reader of a journal is: behind the entry with this number. */
export interface Position {
  readonly seq: number
}

/** One line of a journal, without its newline. */
export interface FollowedLine {
  readonly seq: number
  readonly line: Buffer
}

export interface FollowOptions {
  readonly directory: string
  /** Entries up to this number are left out; 0 starts with the first that is there. */
  readonly after: number
  readonly signal: AbortSignal
  /**
   * Number of the last entry that is known to be durable, where that can be known: what is written but
   * not yet synced may still be taken back. Infinity unless given.
   */
  readonly durable?: () => number
  /** Called when everything that is there has been read, before waiting for more. */
  readonly onCaughtUp?: () => void
  /** Most lines of one batch. */
  readonly batchMax?: number
  /** Ends when everything that is there has been read, instead of waiting for more. */
  readonly once?: boolean
}

/** How long a follower waits before it looks for more. */
const pollMs = 200
const blockBytes = 256 * 1024

/**
 * Follows a journal from a position, through its segments and for as long as it grows, in batches of
 * whole lines. Nothing is locked. Rejects where an entry is gone before it was read, or a line is none.
 */
export async function* followJournal(options: FollowOptions): AsyncGenerator<FollowedLine[]> {
  const { directory, signal, durable = () => Infinity, onCaughtUp, once = false } = options
  const reader = createReader(directory, options.after, options.batchMax ?? 500)
  try {
    while (!signal.aborted) {
      const lines = await reader.read(durable())
      if (lines.length > 0) {
        yield lines
        continue
      }
      onCaughtUp?.()
      if (once) return
      await delay(pollMs, undefined, { signal }).catch(() => undefined)
    }
  } finally {
    await reader.close()
  }
}

/** The number in a segment's name: that of its first entry. */
export function firstSeqOf(path: string): number {
  return Number(basename(path, '.jsonl'))
}

/** The segment that holds an entry, or would: the last whose first number is not above it. */
export function segmentHolding(paths: readonly string[], seq: number): string | undefined {
  return paths.findLast((path) => firstSeqOf(path) <= seq) ?? paths[0]
}

function createReader(directory: string, after: number, batchMax: number) {
  let last = after
  let path: string | undefined
  let file: FileHandle | undefined
  let offset = 0
  let seq = 0

  async function openNext(): Promise<boolean> {
    const paths = segmentPaths(directory)
    const next =
      path === undefined
        ? segmentHolding(paths, last + 1)
        : paths.find((each) => firstSeqOf(each) > firstSeqOf(path ?? ''))
    if (next === undefined) return false
    if (path !== undefined && firstSeqOf(next) !== seq + 1) return false
    await file?.close()
    file = await open(next, 'r')
    path = next
    offset = 0
    seq = firstSeqOf(next) - 1
    if (seq > last && last > 0) {
      throw new Error(
        `entries ${last + 1} to ${seq} of ${directory} are gone before they were read`,
      )
    }
    return true
  }

  async function read(limit: number): Promise<FollowedLine[]> {
    if (file === undefined && !(await openNext())) return []
    for (;;) {
      const { lines, bytes } = await wholeLines(file as FileHandle, offset, batchMax)
      if (bytes === 0) {
        if (await openNext()) continue
        return []
      }
      const found: FollowedLine[] = []
      for (const line of lines) {
        if (seq + 1 > limit) break
        seq += 1
        offset += line.length + 1
        if (seq > last) found.push({ seq, line })
      }
      if (found.length > 0) last = seq
      if (found.length > 0 || seq >= limit) return found
    }
  }

  return { read, close: async () => file?.close() }
}

/** The whole lines from an offset on, at most so many, and how many bytes they are with their newlines. */
async function wholeLines(file: FileHandle, offset: number, max: number) {
  let size = blockBytes
  for (;;) {
    const block = Buffer.allocUnsafe(size)
    const { bytesRead } = await file.read(block, 0, size, offset)
    const lines: Buffer[] = []
    let start = 0
    while (lines.length < max) {
      const end = block.subarray(0, bytesRead).indexOf(0x0a, start)
      if (end < 0) break
      lines.push(block.subarray(start, end))
      start = end + 1
    }
    if (lines.length > 0 || bytesRead < size) return { lines, bytes: start }
    size *= 2
  }
}
