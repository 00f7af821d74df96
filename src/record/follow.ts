import { setTimeout as delay } from 'node:timers/promises'
import type { JournalFault } from './journal-fault.ts'
import type { FollowedLine } from './journal-position.ts'
import { createJournalReader } from './journal-reader.ts'

export interface FollowOptions {
  readonly directory: string
  /** Entries up to this number are left out; 0 starts with the first that is there. */
  readonly after: number
  /**
   * SHA-256 of the line of that entry, where it is known. Another line in its place means that the
   * journal's end was written anew, after a crash or by somebody, and the number says nothing.
   */
  readonly digest?: string
  readonly signal: AbortSignal
  /**
   * Number of the last entry that is known to be durable, where that can be known: what is written but
   * not yet synced may still be taken back. Infinity unless given.
   */
  readonly durable?: () => number
  /** Called when everything that is there has been read, before waiting for more. */
  readonly onCaughtUp?: () => void
  /**
   * Called for a line that is no entry or does not follow the one before, and for entries that are
   * gone before they were read; reading then goes on. Without it, such a fault ends the reading.
   */
  readonly onFault?: (fault: JournalFault) => void
  /** Most lines of one batch. */
  readonly batchMax?: number
  /** Ends when everything that is there has been read, instead of waiting for more. */
  readonly once?: boolean
}

/** How long a follower waits before it looks for more. */
const pollMs = 200

/**
 * Follows a journal from a position, through its segments and for as long as it grows, in batches of
 * whole lines, 256 KiB at most. Nothing is locked. Every line is checked to follow the one before.
 *
 * @throws JournalFault where a line does not, unless `onFault` is given; JournalRewritten where what
 * was read already is no longer there; and whatever reading files throws.
 */
export async function* followJournal(options: FollowOptions): AsyncGenerator<FollowedLine[]> {
  const { signal, durable = () => Infinity, onCaughtUp, onFault, once = false } = options
  const { batchMax = 500, digest } = options
  const reader = createJournalReader({ ...options, batchMax, digest, onFault })
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
