import { basename } from 'node:path'
import { segmentPaths } from './directory.ts'
import { openSegmentReader, type SegmentReader } from './segment-reader.ts'

/** Goes through the segments of a journal, one open at a time, while others are added and removed. */
export interface SegmentWalk {
  readonly current: () => SegmentReader | undefined
  /** Opens the segment that holds an entry, or else the first there is. False where there is none. */
  readonly openHolding: (seq: number) => Promise<boolean>
  /**
   * Opens the next segment. One that does not begin with the entry that is due is only announced at
   * first: something may have been added to the current one since that was read.
   */
  readonly openNext: (due: number) => Promise<'opened' | 'announced' | 'none'>
  readonly close: () => Promise<void>
}

type Choose = (paths: readonly string[]) => string | undefined

/** The number in a segment's name: that of its first entry. */
export function firstSeqOf(path: string): number {
  return Number(basename(path, '.jsonl'))
}

/** The segment that holds an entry, or would: the last whose first number is not above it. */
export function segmentHolding(paths: readonly string[], seq: number): string | undefined {
  return paths.findLast((path) => firstSeqOf(path) <= seq) ?? paths[0]
}

/** Begins with no segment open. Segments are opened from their files unless `openSegment` is given. */
export function createSegmentWalk(directory: string, openSegment = openSegmentReader): SegmentWalk {
  let segment: SegmentReader | undefined
  let announced: string | undefined

  async function use(choose: Choose): Promise<boolean> {
    const path = choose(segmentPaths(directory))
    if (path === undefined) return false
    const opened = await openSegment(path).catch(insteadOf(path, choose))
    if (opened === undefined) return false
    await segment?.close()
    segment = opened
    return true
  }

  /** What is chosen may be removed between the look at the directory and the opening. */
  const insteadOf = (path: string, choose: Choose) => (error: NodeJS.ErrnoException) => {
    const instead = choose(segmentPaths(directory))
    if (error.code !== 'ENOENT' || instead === path) throw error
    return instead === undefined ? undefined : openSegment(instead)
  }

  return {
    current: () => segment,
    openHolding: (seq) => use((paths) => segmentHolding(paths, seq)),
    async openNext(due) {
      const after = segment === undefined ? 0 : firstSeqOf(segment.path)
      const choose: Choose = (paths) => paths.find((path) => firstSeqOf(path) > after)
      const next = choose(segmentPaths(directory))
      if (next === undefined) return 'none'
      if (firstSeqOf(next) !== due && announced !== next) {
        announced = next
        return 'announced'
      }
      return (await use(choose)) ? 'opened' : 'none'
    },
    close: async () => segment?.close(),
  }
}
