import type { DatabaseSync } from 'node:sqlite'

/** One entry, as spans take it. */
export interface SpanEntry {
  readonly seq: number
  readonly time: number
  readonly place: number
  /** Of its line with the newline. */
  readonly bytes: number
}

/** Notes which entries are where, and of which times. */
export interface Spans {
  readonly add: (entry: SpanEntry) => void
  /** Writes what has been added, in the transaction of the caller. */
  readonly write: () => void
}

/** Short enough that the lines of one are read in some milliseconds. */
const entriesMax = 500

interface Span {
  readonly firstSeq: number
  lastSeq: number
  readonly place: number
  bytes: number
  timeMin: number
  timeMax: number
}

/** Begins a span of its own, whatever was written before. */
export function createSpans(database: DatabaseSync): Spans {
  const statement = database.prepare('INSERT OR REPLACE INTO spans VALUES (?, ?, ?, ?, ?, ?)')
  let current: Span | undefined

  function write(): void {
    if (current === undefined) return
    const { firstSeq, lastSeq, place, bytes, timeMin, timeMax } = current
    statement.run(firstSeq, lastSeq, place, bytes, timeMin, timeMax)
  }
  return {
    add({ seq, time, place, bytes }) {
      const isNext = current !== undefined && place === current.place + current.bytes
      if (current === undefined || !isNext || seq - current.firstSeq >= entriesMax) {
        write()
        current = { firstSeq: seq, lastSeq: seq, place, bytes, timeMin: time, timeMax: time }
        return
      }
      current.lastSeq = seq
      current.bytes += bytes
      current.timeMin = Math.min(current.timeMin, time)
      current.timeMax = Math.max(current.timeMax, time)
    },
    write,
  }
}
