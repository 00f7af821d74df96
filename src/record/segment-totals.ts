import { statSync } from 'node:fs'
import { segmentPaths } from './directory.ts'

/** How many segments are complete, and how large they are together. */
export interface SegmentTotals {
  readonly count: () => number
  readonly bytes: () => number
  readonly add: (sizeBytes: number) => void
  readonly removeOldest: (count: number) => void
}

/** Counts the segments of a directory but for the last, which is the one in use. */
export function completeSegments(directory: string): SegmentTotals {
  const paths = segmentPaths(directory).slice(0, -1)
  let sizes: readonly number[] = paths.map((path) => statSync(path).size)
  return {
    count: () => sizes.length,
    bytes: () => sizes.reduce((sum, size) => sum + size, 0),
    add: (sizeBytes) => {
      sizes = [...sizes, sizeBytes]
    },
    removeOldest: (count) => {
      sizes = sizes.slice(count)
    },
  }
}
