import type { EntryBody } from '../core/audit-entry.ts'
import type { Logger } from '../log.ts'
import { CallEntry } from './call-entry.ts'
import type { Recorded } from './journal.ts'

/** Entries written at once, so that a long queue does not become one huge write. */
const batchMax = 1000
/** Entries kept while they cannot be written. Beyond that the oldest that nobody waits for go. */
const keptMax = 100_000
/** The oldest go this many at a time, since each time moves the whole queue. */
const dropCount = 1000

/** An entry on its way to the disk. */
export interface Waiting {
  readonly body: EntryBody
  /** Absent where nobody waits. Entries that share one are written in one batch, or its answer would come too early. */
  readonly settle: ((recorded: Recorded) => void) | undefined
}

/** Entries to be written together. */
export interface Batch {
  readonly entries: readonly Waiting[]
  /** Number of dropped entries that the first of these owns up to. */
  readonly dropped: number
}

/** Entries that are not written yet, in the order in which they came. */
export interface Backlog {
  readonly size: () => number
  readonly isFull: () => boolean
  /** Whether somebody waits for one of the entries. */
  readonly isAwaited: () => boolean
  readonly add: (entry: Waiting) => void
  /** Takes out the oldest entries, as many as are written at once. */
  readonly take: () => Batch
  /** Puts a batch that was not written back to the front, and takes out all that somebody waits for. */
  readonly giveBack: (batch: Batch) => readonly Waiting[]
}

/** A queue with a bound: it never drops what somebody waits for, and it counts what it drops. */
export function createBacklog({ log }: { readonly log: Logger }): Backlog {
  let kept: Waiting[] = []
  let dropped = 0

  function dropOldest(): void {
    const before = kept.length
    let due = dropCount
    kept = kept.filter((waiting) => isKept(waiting) || (due -= 1) < 0)
    if (dropped === 0) log.error('too many audit entries wait to be written; the oldest are lost')
    dropped += before - kept.length
  }

  function takeOldest(): readonly Waiting[] {
    const rest = kept.splice(batchEnd(kept))
    const taken = kept
    kept = rest
    return taken
  }

  return {
    size: () => kept.length,
    isFull: () => kept.length >= keptMax,
    isAwaited: () => kept.some(({ settle }) => settle !== undefined),
    add(entry) {
      if (kept.length >= keptMax) dropOldest()
      kept.push(entry)
    },
    take() {
      if (kept.length === 0) return { entries: [], dropped: 0 }
      const batch = { entries: takeOldest(), dropped }
      dropped = 0
      return batch
    },
    giveBack({ entries, dropped: ownedUp }) {
      const all = [...entries, ...kept]
      kept = all.filter(({ settle }) => settle === undefined)
      dropped += ownedUp
      return all.filter(({ settle }) => settle !== undefined)
    },
  }
}

/** Whether an entry stays whatever comes: somebody waits for it, or it stands for many calls. */
function isKept({ settle, body }: Waiting): boolean {
  return settle !== undefined || body.kind === 'refusals'
}

/** Where a batch ends: behind so many entries, and behind all that share an answer with one of them. */
function batchEnd(kept: readonly Waiting[]): number {
  if (kept.length <= batchMax) return kept.length
  const shared = kept.findLast(({ settle }, at) => at < batchMax && settle !== undefined)?.settle
  const last = shared ? kept.findLastIndex(({ settle }) => settle === shared) : 0
  return Math.max(batchMax, last + 1)
}

/** What is written of a batch: its first entry says how many were dropped before it. */
export function bodiesOf({ entries, dropped }: Batch): readonly EntryBody[] {
  return entries.map(({ body }, index) =>
    index === 0 && dropped > 0 ? owningUp(body, dropped) : body,
  )
}

function owningUp(body: EntryBody, dropped: number): EntryBody {
  if (body instanceof CallEntry) return body.with('dropped_entries', dropped)
  return { ...body, dropped_entries: dropped }
}
