import type { EntryBody } from '../core/audit-entry.ts'
import type { Logger } from '../log.ts'
import { advance, type ChainHead } from './chain.ts'
import { segmentPath } from './directory.ts'
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
  readonly close: () => void
}

export interface SegmentWriterOptions {
  readonly directory: string
  readonly durability: 'synced' | 'buffered'
  readonly lock: DirectoryLock
  readonly segment: Segment
  readonly head: ChainHead
  readonly lineAfter: (head: ChainHead, body: EntryBody) => Uint8Array
  readonly log: Logger
  readonly now: () => number
}

/** Takes over the lock and the segment, and closes both in the end. */
export function createSegmentWriter(options: SegmentWriterOptions): SegmentWriter {
  const { directory, durability, lineAfter, log, now } = options
  let { lock, segment, head } = options
  let lookedAt = now()

  /**
   * Writing to a file that somebody has deleted or moved works for ever and records nothing. A
   * missing directory is not made anew: it is where a volume should be mounted.
   */
  function lookForFiles(): void {
    const at = now()
    // A clock that is set back must not put this off.
    if (Math.abs(at - lookedAt) < lookIntervalMs) return
    if (!lock.isInPlace()) {
      const fresh = takeLock(directory)
      lock.release()
      lock = fresh
    }
    if (!segment.isInPlace()) {
      const path = segmentPath(directory, head.seq + 1)
      const fresh = openSegment({ path, sizeBytes: 0, durability })
      log.error(
        { vanished: segment.path, segment: path, last_seq: head.seq },
        'the audit file in use was deleted or moved; a new one continues its chain',
      )
      segment.close()
      segment = fresh
    }
    lookedAt = at
  }

  return {
    async write(batch) {
      lookForFiles()
      let next = head
      const lines = batch.map((body) => {
        const line = lineAfter(next, body)
        next = advance(next, line.subarray(0, -1))
        return line
      })
      await segment.append(Buffer.concat(lines))
      head = next
    },
    async tryOut() {
      lookForFiles()
      await segment.tryOut()
    },
    close() {
      segment.close()
      lock.release()
    },
  }
}
