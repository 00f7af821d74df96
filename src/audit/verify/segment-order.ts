import type { ChainCheck } from './chain-check.ts'
import type { Gaps } from './gaps.ts'
import type { ParsedLine } from './parsed-line.ts'
import type { Place, Problems } from './problems.ts'

/** What the first line of a segment means for the chain. `aside`: the segment is no part of it. */
export type Entrance = 'goes_on' | 'jumps' | 'aside'

/** Keeps track of which segment and line is read, and checks that segments follow one another. */
export interface SegmentOrder {
  readonly begin: (name: string) => void
  /** Looks at the first line of the segment. */
  readonly enter: (line: ParsedLine | undefined) => Entrance
  /** Goes on to the next line. Returns its place. */
  readonly next: (seq: number | undefined) => Place
  /** Ends the segment. What is behind its last newline is only in order where a service may still be writing. */
  readonly end: (rest: { readonly bytes: number; readonly mayGrow: boolean }) => void
  /** The place of the segment as a whole. */
  readonly place: (seq?: number) => Place
  readonly count: () => number
}

export interface SegmentOrderOptions {
  readonly problems: Problems
  readonly chain: ChainCheck
  readonly gaps: Gaps
  /** Number of the entry that has to come first, where what is verified is only a part of a journal. */
  readonly partFrom: number | undefined
}

/** Segments are named for their first entry, in twelve digits; what else is in a name is left aside. */
export function createSegmentOrder(options: SegmentOrderOptions): SegmentOrder {
  const { problems, chain, gaps, partFrom } = options
  let name = ''
  let lines = 0
  let [order, count] = [0, 0]

  const place = (seq?: number): Place => ({ segment: name, line: undefined, seq, order })

  return {
    begin(segment) {
      name = segment
      lines = 0
      count += 1
    },
    enter(line) {
      const [firstSeq, due] = [Number.parseInt(name, 10), chain.due()]
      if (order === 0 && partFrom !== undefined) {
        chain.jumpTo(partFrom - 1)
        return 'jumps'
      }
      if (firstSeq === due) return 'goes_on'
      if (line?.seq === due) {
        const message = `is named for entry ${firstSeq} and begins with entry ${due}`
        problems.add(place(due), 'segment_name', message)
        return 'goes_on'
      }
      if (firstSeq < due) {
        const message = `is named for entry ${firstSeq}, which another segment has: it is no part of the chain`
        problems.add(place(firstSeq), 'segment_overlap', message)
        return 'aside'
      }
      const prev = line?.seq === firstSeq ? line.prev : undefined
      gaps.add({ from: due, through: firstSeq - 1, prev, place: place(firstSeq) })
      chain.jumpTo(firstSeq - 1)
      return 'jumps'
    },
    next(seq) {
      lines += 1
      order += 1
      return { segment: name, line: lines, seq, order }
    },
    end({ bytes, mayGrow }) {
      if (bytes === 0 || mayGrow) return
      const message = `ends in half a line (${bytes} bytes)`
      problems.add({ ...place(), line: lines + 1 }, 'incomplete_line', message)
    },
    place,
    count: () => count,
  }
}
