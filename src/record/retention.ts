import { rm } from 'node:fs/promises'
import type { EntryBody } from '../core/audit-entry.ts'
import type { Logger } from '../log.ts'
import { linesBackwards } from './backwards.ts'
import { headOf, type ChainHead } from './chain.ts'
import { segmentPaths, syncNames } from './directory.ts'
import { timeOf } from './first-time.ts'
import type { Recorded } from './journal.ts'
import { firstSeqOf } from './segment-walk.ts'

export interface RetentionOptions {
  readonly directory: string
  readonly retentionMs: number
  /** Number of the last entry that all exports have sent on; nothing behind it is removed. */
  readonly exportedSeq: () => number
  /** Resolves once the entry is durable. */
  readonly record: (entry: EntryBody) => Promise<Recorded>
  readonly log: Logger
  readonly now: () => number
}

/** A segment that may go, and the head that its last line leaves. */
interface Expired {
  readonly path: string
  readonly head: ChainHead
}

/**
 * Removes the oldest segments once all their entries are old enough and sent on, and says so in the
 * journal first. The segment in use always stays. Resolves with the number removed; never rejects.
 */
export async function removeExpired(options: RetentionOptions): Promise<number> {
  const { directory, record, log, now } = options
  try {
    const expired = await expiredSegments(options)
    const last = expired.at(-1)
    if (last === undefined) return 0
    const recorded = await record({
      time: new Date(now()).toISOString(),
      kind: 'retention',
      removed_through_seq: last.head.seq,
      removed_head: last.head.digest,
      segments: expired.length,
    })
    if (!recorded.ok) return 0
    await remove(
      directory,
      expired.map(({ path }) => path),
    )
    log.info({ removed_through_seq: last.head.seq, segments: expired.length }, 'entries expired')
    return expired.length
  } catch (error) {
    log.error({ why: String(error) }, 'expired audit entries could not be removed')
    return 0
  }
}

/**
 * Removes what a crash has left of segments whose end the journal has already announced. Resolves with the
 * number removed.
 */
export async function finishRemoval(directory: string, removedThrough: number): Promise<number> {
  const paths = segmentPaths(directory)
  const left = paths.filter((_, index) => {
    const next = paths[index + 1]
    return next !== undefined && firstSeqOf(next) <= removedThrough + 1
  })
  if (left.length > 0) await remove(directory, left)
  return left.length
}

async function remove(directory: string, paths: readonly string[]): Promise<void> {
  // The oldest first, so that what is there at any moment is one piece.
  for (const path of paths) await rm(path)
  await syncNames(directory)
}

async function expiredSegments(options: RetentionOptions): Promise<readonly Expired[]> {
  const { directory, retentionMs, exportedSeq, now } = options
  const expired: Expired[] = []
  const limit = exportedSeq()
  for (const path of segmentPaths(directory).slice(0, -1)) {
    const line = await lastLineOf(path)
    const head = line && headOf(line)
    const at = line && timeOf(line.toString())
    if (head === undefined || at === undefined) {
      throw new Error(`${path} does not end in an entry; run sallyport audit verify`)
    }
    if (head.seq > limit || at > now() - retentionMs) break
    expired.push({ path, head })
  }
  return expired
}

async function lastLineOf(path: string): Promise<Buffer | undefined> {
  for await (const line of linesBackwards(path)) return line
  return undefined
}
