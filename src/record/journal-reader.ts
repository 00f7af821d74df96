import { entryPlace } from './entry-place.ts'
import { JournalFault, JournalRewritten } from './journal-fault.ts'
import { createJournalPosition, type FollowedLine } from './journal-position.ts'
import type { SegmentReader } from './segment-reader.ts'
import { createSegmentWalk, firstSeqOf } from './segment-walk.ts'

/** Reads on where it stopped, from segment to segment. */
export interface JournalReader {
  /** The next lines, up to the entry with a number; none where there are no more yet. */
  readonly read: (limit: number) => Promise<FollowedLine[]>
  readonly close: () => Promise<void>
}

export interface JournalReaderOptions {
  readonly directory: string
  /** Number of the entry behind which to begin, and the digest of its line where that is known. */
  readonly after: number
  readonly digest: string | undefined
  readonly batchMax: number
  /** Told of what is not as it was written, instead of an end to the reading. */
  readonly onFault: ((fault: JournalFault) => void) | undefined
}

/** Creates a reader that checks of every line that it follows the one before. */
export function createJournalReader(options: JournalReaderOptions): JournalReader {
  const { directory, batchMax, onFault } = options
  const position = createJournalPosition(options)
  const walk = createSegmentWalk(directory)

  /** Goes on where a segment has no more lines. False where there is nothing to go on with yet. */
  async function goOn({ path, isWhole }: SegmentReader): Promise<boolean> {
    const { seq } = position.last()
    if ((await walk.openNext(seq + 1)) !== 'none') return true
    if (!(await isWhole())) {
      position.findAgain()
      return walk.openHolding(seq)
    }
    if (!position.isSearching() || firstSeqOf(path) > seq) return false
    throw new JournalRewritten(`${directory} ends before entry ${seq}, which was read already`)
  }

  /** Tells what is wrong with what comes from what is wrong with what was read. */
  async function report({ digestOfLast }: SegmentReader, why: string): Promise<void> {
    const { seq, digest } = position.last()
    const found = await digestOfLast()
    if (found !== undefined && found !== digest) {
      throw new JournalRewritten(`entry ${seq} of ${directory} is not the one that was read`)
    }
    const fault = new JournalFault(seq + 1, why)
    if (onFault === undefined) throw fault
    onFault(fault)
  }

  /** Takes lines in their order, up to the limit. What is no entry is reported and left out. */
  async function take(from: SegmentReader, lines: readonly Buffer[], limit: number) {
    const taken: FollowedLine[] = []
    for (const line of lines) {
      const place = entryPlace(line)
      const isKnown = position.passesOver(line, place)
      if (!isKnown && position.isBeyond(limit, place)) return { taken, isLimit: true }
      const why = isKnown ? undefined : position.faultOf(place)
      // What holds is handed out before a fault ends the reading.
      if (why !== undefined && taken.length > 0) break
      if (why !== undefined) await report(from, why)
      if (isKnown || place === undefined) {
        from.pass(line)
      } else {
        taken.push(position.moveTo(line, place))
        from.passEntry(line)
      }
    }
    return { taken, isLimit: false }
  }

  return {
    async read(limit) {
      if (walk.current() === undefined) await walk.openHolding(position.last().seq)
      for (let segment = walk.current(); segment !== undefined; segment = walk.current()) {
        const lines = await segment.lines(batchMax)
        const { taken, isLimit } = await take(segment, lines, limit)
        if (taken.length > 0 || isLimit) return taken
        if (lines.length === 0 && !(await goOn(segment))) return []
      }
      return []
    },
    close: walk.close,
  }
}
