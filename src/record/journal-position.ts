import { hash } from 'node:crypto'
import { genesis } from './chain.ts'
import type { EntryPlace } from './entry-place.ts'
import { JournalRewritten } from './journal-fault.ts'

/** One line of a journal, without its newline. */
export interface FollowedLine {
  readonly seq: number
  readonly line: Buffer
  /** SHA-256 of the line, in hex. */
  readonly digest: string
}

/** The last entry that was read. Its digest is not known at the beginning. */
interface LastRead {
  readonly seq: number
  readonly digest: string | undefined
}

/** Where a reader is in a chain: what comes next is measured by it. */
export interface JournalPosition {
  readonly last: () => LastRead
  /** Whether an entry comes after one with this number. A forged number changes nothing about it. */
  readonly isBeyond: (limit: number, place: EntryPlace | undefined) => boolean
  /** Whether a line was read before. Throws where it is not the one that was. */
  readonly passesOver: (line: Buffer, place: EntryPlace | undefined) => boolean
  /** Why a line is not the one that is due, or undefined where it is. */
  readonly faultOf: (place: EntryPlace | undefined) => string | undefined
  readonly moveTo: (line: Buffer, place: EntryPlace) => FollowedLine
  /** Whether what was read last has yet to be found. */
  readonly isSearching: () => boolean
  /** Passes over what comes until it is what was read last: to be told before reading from a file's start. */
  readonly findAgain: () => void
}

export interface JournalPositionOptions {
  /** For messages. */
  readonly directory: string
  readonly after: number
  readonly digest: string | undefined
}

/** Creates the position behind an entry; behind entry 0 is where the journal begins. */
export function createJournalPosition(options: JournalPositionOptions): JournalPosition {
  const { directory } = options
  let last: LastRead = { seq: options.after, digest: options.digest }
  let isPassingOver = last.seq > 0

  function passesOver(line: Buffer, place: EntryPlace | undefined): boolean {
    if (!isPassingOver) return false
    if (place === undefined || place.seq < last.seq) return true
    isPassingOver = false
    if (place.seq > last.seq) return false
    const digest = hash('sha256', line)
    if (last.digest !== undefined && last.digest !== digest) {
      throw new JournalRewritten(`entry ${last.seq} of ${directory} is not the one that was read`)
    }
    last = { seq: last.seq, digest }
    return true
  }

  function faultOf(place: EntryPlace | undefined): string | undefined {
    const due = last.seq + 1
    if (place === undefined) return `entry ${due} of ${directory} is due, but a line is no entry`
    // A journal whose oldest files were removed begins with whatever is left.
    if (place.seq > due && last.seq > 0) {
      const which = place.seq - 1 === due ? `entry ${due}` : `entries ${due} to ${place.seq - 1}`
      return `${which} of ${directory} ${place.seq - 1 === due ? 'is' : 'are'} missing`
    }
    if (place.seq < due) return `entry ${due} of ${directory} is due, but it is ${place.seq}`
    const before = place.seq === 1 ? genesis.digest : last.digest
    if (place.seq > due || before === undefined || place.prev === before) return undefined
    return `entry ${due} of ${directory} names another line as the one before it`
  }

  return {
    last: () => last,
    isBeyond(limit, place) {
      const due = last.seq === 0 ? Infinity : last.seq + 1
      return Math.min(due, place?.seq ?? due) > limit
    },
    passesOver,
    faultOf,
    moveTo(line, { seq }) {
      const digest = hash('sha256', line)
      last = { seq, digest }
      return { seq, line, digest }
    },
    isSearching: () => isPassingOver,
    findAgain: () => void (isPassingOver = last.seq > 0),
  }
}
