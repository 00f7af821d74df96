import { truncateSync } from 'node:fs'
import { genesis, type ChainHead } from './chain.ts'
import { segmentPath, segmentPaths } from './directory.ts'
import { readTail } from './tail.ts'

/** Where a journal goes on. */
export interface Resumption {
  readonly path: string
  readonly sizeBytes: number
  readonly head: ChainHead
  /** Bytes of entries that a crash cut short, now gone. No call was made on the strength of those. */
  readonly repairedBytes: number
}

/** Finds the last whole line of a journal and cuts off what a crash left behind it. */
export async function resume(directory: string): Promise<Resumption> {
  let repairedBytes = 0
  for (const path of segmentPaths(directory).toReversed()) {
    const { head, wholeBytes, cutBytes } = await readTail(path)
    if (cutBytes > 0) truncateSync(path, wholeBytes)
    repairedBytes += cutBytes
    // A crash between making a segment and its first line leaves an empty one: the one before counts.
    if (head) return { path, sizeBytes: wholeBytes, head, repairedBytes }
  }
  return { path: segmentPath(directory, 1), sizeBytes: 0, head: genesis, repairedBytes }
}
