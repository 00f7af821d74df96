import { rmSync, truncateSync } from 'node:fs'
import { genesis, type ChainHead } from './chain.ts'
import { segmentPath, segmentPaths } from './directory.ts'
import { firstTimeIn } from './first-time.ts'
import { readTail } from './tail.ts'

/** Where a journal goes on. */
export interface Resumption {
  readonly path: string
  readonly sizeBytes: number
  readonly head: ChainHead
  /** When the segment's first entry was written, in milliseconds; undefined where it has none. */
  readonly begunAt: number | undefined
  /** Bytes of entries that a crash cut short, now gone. No call was made on the strength of those. */
  readonly repairedBytes: number
}

/**
 * Finds the last whole line of a journal and cuts off what a crash left behind it. A crash between making
 * a segment and its first line leaves one without an entry: it is removed, and the one before goes on.
 */
export async function resume(directory: string): Promise<Resumption> {
  const first = segmentPath(directory, 1)
  let repairedBytes = 0
  for (const path of segmentPaths(directory).toReversed()) {
    const { head, wholeBytes, cutBytes } = await readTail(path)
    if (cutBytes > 0) truncateSync(path, wholeBytes)
    repairedBytes += cutBytes
    if (head) {
      const begunAt = await firstTimeIn(path)
      return { path, sizeBytes: wholeBytes, head, begunAt, repairedBytes }
    }
    if (path !== first) rmSync(path)
  }
  return { path: first, sizeBytes: 0, head: genesis, begunAt: undefined, repairedBytes }
}
