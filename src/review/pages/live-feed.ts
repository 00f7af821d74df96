import type { Schedule } from '../../identify/schedule.ts'
import type { CallRow, ReviewIndex } from '../review-index.ts'

/** Calls that came or ended since the last time, newest first. */
export interface LiveNews {
  readonly seq: number
  readonly rows: readonly CallRow[]
  /** Whether there were more than can be shown. */
  readonly isCut: boolean
}

/** Somebody who watches. */
export interface Listener {
  /** Number of the last entry that they know of. */
  readonly after: number
  /** Asked before each time: who may look can change. */
  readonly isStillAllowed: () => boolean
  readonly tell: (news: LiveNews) => void
  /** Told now and then, so that a connection whose other end is gone does not look alive for ever. */
  readonly stir: () => void
  /** Told once, when they may no longer look or the feed closes. */
  readonly end: () => void
}

/** Tells those who watch what is new, as long as there are any. */
export interface LiveFeed {
  /** Returns what stops it, or undefined where too many watch already. */
  readonly listen: (listener: Listener) => (() => void) | undefined
  readonly close: () => void
}

const tickMs = 1_000

/** Shorter than what proxies in between take for a dead connection. */
const stirEveryTicks = 15

/** More than this many at once would be asking the index too often for people's sake. */
const listenersMax = 20

/** Rows that are told at once; nobody reads more a second. */
const rowsMax = 100

/** Creates the feed behind the live view. Without listeners it asks for nothing. */
export function createLiveFeed(parts: {
  readonly index: Pick<ReviewIndex, 'state' | 'since'>
  readonly schedule: Schedule
}): LiveFeed {
  const { index, schedule } = parts
  /** Each listener, and the entry up to which they have been told. */
  const known = new Map<Listener, number>()
  let cancel: (() => void) | undefined
  let ticks = 0

  async function tick(): Promise<void> {
    for (const listener of known.keys()) {
      if (!listener.isStillAllowed()) dismiss(listener)
    }
    ticks += 1
    if (ticks % stirEveryTicks === 0) for (const listener of known.keys()) listener.stir()
    try {
      await tellAll()
    } catch {
      // The page says what is wrong with the index; the next tick tries again from the same place.
    }
    cancel = known.size > 0 ? schedule(() => void tick(), tickMs) : undefined
  }

  async function tellAll(): Promise<void> {
    // The state comes first: what arrives in between is told twice rather than never.
    const { indexedSeq } = await index.state()
    const places = new Set([...known.values()].filter((seq) => seq < indexedSeq))
    for (const seq of places) {
      const rows = await index.since(seq, rowsMax)
      const news = { seq: indexedSeq, rows, isCut: rows.length >= rowsMax }
      for (const [listener, place] of known) {
        if (place !== seq) continue
        known.set(listener, indexedSeq)
        listener.tell(news)
      }
    }
  }

  function dismiss(listener: Listener): void {
    if (known.delete(listener)) listener.end()
  }

  return {
    listen: (listener) => {
      if (known.size >= listenersMax) return undefined
      known.set(listener, listener.after)
      cancel ??= schedule(() => void tick(), tickMs)
      return () => void known.delete(listener)
    },
    close: () => {
      cancel?.()
      for (const listener of known.keys()) dismiss(listener)
    },
  }
}
