import { basename } from 'node:path'
import { segmentPath } from '../../record/directory.ts'
import type { PeriodRange } from './period.ts'

/** The lines of one segment that belong to a range. */
export interface Cut {
  /** Named for its first entry, as segments are. */
  readonly name: string
  readonly path: string
  /** Bytes of the file before the first line, and with the last. */
  readonly begin: number
  readonly end: number
}

/** Cuts segments to a range. Those between its ends are whole, whatever is in them. */
export function cutSegments(
  paths: readonly string[],
  { start, end }: Pick<PeriodRange, 'start' | 'end'>,
  sizeOf: (path: string) => number,
): readonly Cut[] {
  const [first, last] = [start.written.segment, end.written.segment]
  const among = paths.filter((path) => basename(path) >= first && basename(path) <= last)
  const cuts = among.map((path) => {
    const name = basename(path)
    return {
      name: name === first ? basename(segmentPath('', start.seq)) : name,
      path,
      begin: name === first ? start.written.begin : 0,
      end: name === last ? end.written.end : sizeOf(path),
    }
  })
  // A crash can leave a segment that was made and never written to.
  return cuts.filter((cut) => cut.end > cut.begin)
}
