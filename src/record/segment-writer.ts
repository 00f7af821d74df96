import type { AuditSettings } from '../config/audit-settings.ts'
import type { EntryBody } from '../core/audit-entry.ts'
import type { Logger } from '../log.ts'
import type { ChainHead } from './chain.ts'
import { segmentPath } from './directory.ts'
import type { Disk } from './disk.ts'
import type { EncodeBatch } from './late-entry.ts'
import { takeLock, type DirectoryLock } from './lock.ts'
import { openSegment, type Segment } from './segment.ts'

/** How often the writer looks whether its files are still there. */
const lookIntervalMs = 1000

/** Gives entries their place in the chain and writes them, all of a batch or none. */
export interface SegmentWriter {
  /** Rejects where the batch could not be made durable; the chain is then as it was before. */
  readonly write: (batch: readonly EntryBody[]) => Promise<void>
  /** Rejects where a batch could not be made durable either. */
  readonly tryOut: () => Promise<void>
  /** Makes durable what was written; in mode `synced` it is so already. */
  readonly sync: () => Promise<void>
  readonly head: () => ChainHead
  /** Bytes of the segment in use. */
  readonly sizeBytes: () => number
  readonly close: () => void
}

export interface SegmentWriterOptions {
  readonly directory: string
  readonly durability: 'synced' | 'buffered'
  readonly lock: DirectoryLock
  readonly segment: Segment
  readonly head: ChainHead
  /** When the segment's first entry was written; undefined where it has none. */
  readonly begunAt: number | undefined
  /** How far a segment may grow before the next begins; without end unless given. */
  readonly segments?: AuditSettings['segments'] | undefined
  readonly encodeBatch: EncodeBatch
  /** Is told what was written, and behind which entry. */
  readonly onWritten?: (batch: readonly EntryBody[], seqBefore: number) => void
  /** Is told of each segment that is complete, with its size in bytes. */
  readonly onComplete?: (sizeBytes: number) => void
  readonly log: Logger
  readonly now: () => number
  readonly disk?: Disk | undefined
}

/** Takes over the lock and the segment, and closes both in the end. */
export function createSegmentWriter(options: SegmentWriterOptions): SegmentWriter {
  const { directory, durability, segments, encodeBatch, log, now, disk } = options
  let { lock, segment, head, begunAt } = options
  let lookedAt = now()

  const nextSegment = () =>
    openSegment({ path: segmentPath(directory, head.seq + 1), sizeBytes: 0, durability, disk })

  function replaceBy(fresh: Segment): void {
    segment.close()
    segment = fresh
    begunAt = undefined
  }

  /**
   * Writing to a file that somebody has deleted or moved works for ever and records nothing. A
   * missing directory is not made anew: it is where a volume should be mounted.
   */
  async function lookForFiles(): Promise<void> {
    const at = now()
    // A clock that is set back must not put this off.
    if (Math.abs(at - lookedAt) < lookIntervalMs) return
    if (!lock.isInPlace()) {
      const fresh = takeLock(directory)
      lock.release()
      lock = fresh
    }
    if (!segment.isInPlace()) {
      const vanished = segment.path
      replaceBy(await nextSegment())
      log.error(
        { vanished, segment: segment.path, last_seq: head.seq },
        'the audit file in use was deleted or moved; a new one continues its chain',
      )
    }
    lookedAt = at
  }

  function isComplete(): boolean {
    if (segments === undefined || begunAt === undefined) return false
    return segment.sizeBytes() >= segments.bytesMax || now() - begunAt >= segments.ageMaxMs
  }

  /** A segment must be on the disk as a whole before the next begins, or a power cut could leave a hole. */
  async function turnOver(): Promise<void> {
    await segment.sync()
    const fresh = await nextSegment()
    options.onComplete?.(segment.sizeBytes())
    replaceBy(fresh)
  }

  async function prepare(): Promise<void> {
    await lookForFiles()
    if (isComplete()) await turnOver()
  }

  return {
    async write(batch) {
      await prepare()
      const seqBefore = head.seq
      const { bytes, head: next } = encodeBatch(head, batch)
      await segment.append(bytes)
      begunAt ??= now()
      head = next
      options.onWritten?.(batch, seqBefore)
    },
    async tryOut() {
      await prepare()
      await segment.tryOut()
    },
    sync: () => segment.sync(),
    head: () => head,
    sizeBytes: () => segment.sizeBytes(),
    close() {
      segment.close()
      lock.release()
    },
  }
}
