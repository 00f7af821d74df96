import type { DatabaseSync } from 'node:sqlite'
import { segmentPaths } from '../../record/directory.ts'
import { followJournal } from '../../record/follow.ts'
import { firstSeqOf } from '../../record/segment-walk.ts'
import { openDatabase, removeDatabase } from './database.ts'
import { createEntryWriter, type PlacedLine } from './entry-writer.ts'
import { createNames, type Names } from './names.ts'
import { createPlaces } from './places.ts'
import { firstFault, readProgress, writeFault, writeProgress } from './progress.ts'
import { purgeBefore } from './purge.ts'
import { requireRoom, requireRoomForAll, type RoomOptions } from './room.ts'

/** An index that can be asked. */
export interface OpenIndex {
  readonly database: DatabaseSync
  readonly names: Names
}

/** An open index that is being filled from its journal. */
export interface Filling extends OpenIndex {
  /** Follows the journal until the signal. Rejects where that cannot be done. */
  readonly run: (signal: AbortSignal) => Promise<void>
  readonly indexedSeq: () => number
  readonly isCaughtUp: () => boolean
  /** What of the journal was found not to be as it was written. */
  readonly fault: () => string | undefined
  readonly addFault: (why: string) => void
  /** Closes the database; what was not committed is read again next time. */
  readonly close: () => void
}

export interface FillingOptions extends RoomOptions {
  readonly directory: string
  /** Number of the last durable entry: what is not durable may still be taken back. */
  readonly durable: () => number
}

/** Lines of one transaction: with more the disk has less to do, and a crash loses more. */
const linesPerCommit = 20_000
const linesPerBatch = 2_000

/**
 * Opens the index of a journal where there is one that fits, or makes an empty one.
 *
 * @throws NoRoom where there is too little, and what SQLite throws.
 */
export function openFilling(options: FillingOptions): Filling {
  const { directory, durable } = options
  const database = openFitting(options)
  const names = createNames(database)
  const start = readProgress(database)
  const places = createPlaces(directory, start.nextPlace)
  const writer = createEntryWriter(database, names)
  let last: { readonly seq: number; readonly digest: string | undefined } = start
  let uncommitted = 0
  let isCaughtUp = false
  let fault = firstFault(database)
  let purgedBefore = 0

  function commit(): void {
    if (uncommitted === 0) return
    writeProgress(database, { ...last, nextPlace: places.next() })
    database.exec('COMMIT')
    uncommitted = 0
    requireRoom(directory, options)
  }
  function add(lines: readonly PlacedLine[]): void {
    if (uncommitted === 0) database.exec('BEGIN')
    uncommitted += lines.length
    writer.add(lines)
    for (const line of lines) last = line
    if (uncommitted >= linesPerCommit) commit()
  }
  function addFault(why: string): void {
    fault ??= why
    writeFault(database, why)
  }
  function purge(): void {
    const firstSeq = firstSeqOf(segmentPaths(directory)[0] ?? '0')
    if (firstSeq > purgedBefore && !purgeBefore(database, names, firstSeq)) purgedBefore = firstSeq
  }
  return {
    database,
    names,
    async run(signal) {
      const { seq, digest } = start
      const journal = followJournal({
        directory,
        after: seq,
        ...(digest !== undefined && { digest }),
        signal,
        durable,
        batchMax: linesPerBatch,
        onFault({ message }) {
          places.skipped()
          addFault(message)
        },
        onCaughtUp() {
          commit()
          isCaughtUp = true
          purge()
        },
      })
      for await (const lines of journal) add(places.placed(lines))
      commit()
    },
    indexedSeq: () => last.seq,
    isCaughtUp: () => isCaughtUp,
    fault: () => fault,
    addFault,
    close: () => database.close(),
  }
}

/** An index of which the journal has nothing left is no beginning: what lies between is not missing from it. */
function openFitting({ directory, ...options }: FillingOptions): DatabaseSync {
  const database = openDatabase(directory)
  const { seq } = readProgress(database)
  const [first] = segmentPaths(directory)
  if (seq > 0 && first !== undefined && firstSeqOf(first) <= seq + 1) return database
  database.close()
  if (seq > 0) removeDatabase(directory)
  requireRoomForAll(directory, options)
  return openDatabase(directory)
}
