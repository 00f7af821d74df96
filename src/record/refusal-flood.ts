import type { DecisionFacts, EntryBody } from '../core/audit-entry.ts'
import type { RefusalCode } from '../core/refusal.ts'
import { refusalsEntry } from '../core/refusals-entry.ts'

/** How long refusals are counted before their number is written: what is watched live stays live. */
const windowMs = 1000

/**
 * Refusals of one code that have an entry of their own in a window. A job whose token has expired, or a
 * team that left something out, tries a few times and is seen call by call; nobody reads fifty a second.
 */
const burst = 50

/** Peers and methods that are named in a window: callers choose these, so no more are remembered. */
const namesMax = 10

/** Runs something once after a while, without keeping the process alive. Returns what calls it off. */
export type ScheduleOnce = (run: () => void, afterMs: number) => () => void

export interface RefusalFloodParts {
  readonly journal: {
    readonly enqueue: (entry: EntryBody) => void
    readonly trouble: () => string | undefined
  }
  /** Milliseconds since the epoch; the system's clock unless given. */
  readonly now?: () => number
  /** A timer unless given. */
  readonly schedule?: ScheduleOnce
}

/** What a counted call shows of itself. */
type Stranger = Pick<DecisionFacts, 'at' | 'peer' | 'method'>

/** Counts refusals of callers without a verified token, where there are too many to record each. */
export interface RefusalFlood {
  /** Counts the call where it is beyond the burst; false where it gets an entry of its own. */
  readonly countBeyondBurst: (code: RefusalCode, stranger: Stranger) => boolean
  /** Counts a call whose own entry could not be written. */
  readonly count: (code: RefusalCode, stranger: Stranger) => void
  /** Hands what is counted to the journal, and counts no more. */
  readonly close: () => void
}

/** Refusals of one code in a window. */
interface Tally {
  /** Those with an entry of their own. */
  recorded: number
  counted: number
  firstAt: number
  lastAt: number
  readonly peers: Map<string, number>
  readonly methods: Map<string, number>
}

/**
 * Counts in windows of a second, for each code of the closed table. While the journal is in trouble the
 * window stays open, so that nothing counted waits in a queue that may overflow; its size is bounded
 * whatever callers do.
 */
export function createRefusalFlood(parts: RefusalFloodParts): RefusalFlood {
  const { journal, now = Date.now, schedule = scheduleUnheld } = parts
  const tallies = new Map<RefusalCode, Tally>()
  let callOff: (() => void) | undefined
  let closed = false

  function tallyOf(code: RefusalCode, at: number): Tally {
    callOff ??= schedule(endWindow, windowMs)
    const known = tallies.get(code)
    if (known) return known
    const counts = { recorded: 0, counted: 0, firstAt: at, lastAt: at }
    const fresh = {
      ...counts,
      peers: new Map<string, number>(),
      methods: new Map<string, number>(),
    }
    tallies.set(code, fresh)
    return fresh
  }

  function count(code: RefusalCode, { at, peer, method }: Stranger): void {
    const tally = tallyOf(code, at)
    tally.firstAt = tally.counted === 0 ? at : Math.min(tally.firstAt, at)
    tally.lastAt = tally.counted === 0 ? at : Math.max(tally.lastAt, at)
    tally.counted += 1
    name(tally.peers, peer)
    // A path of no method is whatever a stranger sent, and is not repeated.
    if (method) name(tally.methods, method.name)
  }

  function write(): void {
    for (const [code, { counted, firstAt, lastAt, peers, methods }] of tallies) {
      if (counted === 0) continue
      journal.enqueue(
        refusalsEntry({ at: now(), code, count: counted, firstAt, lastAt, peers, methods }),
      )
    }
    tallies.clear()
  }

  function endWindow(): void {
    callOff = undefined
    if (journal.trouble() === undefined) write()
    else callOff = schedule(endWindow, windowMs)
  }

  return {
    countBeyondBurst(code, stranger) {
      if (closed) return false
      const tally = tallyOf(code, stranger.at)
      if (tally.recorded < burst) {
        tally.recorded += 1
        return false
      }
      count(code, stranger)
      return true
    },
    count(code, stranger) {
      if (!closed) count(code, stranger)
    },
    close() {
      closed = true
      callOff?.()
      write()
    },
  }
}

function name(counts: Map<string, number>, key: string): void {
  const known = counts.get(key)
  if (known !== undefined) counts.set(key, known + 1)
  else if (counts.size < namesMax) counts.set(key, 1)
}

const scheduleUnheld: ScheduleOnce = (run, afterMs) => {
  const timer = setTimeout(run, afterMs).unref()
  return () => clearTimeout(timer)
}
