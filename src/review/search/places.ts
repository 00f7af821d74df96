import { closeSync, openSync, readSync } from 'node:fs'
import { segmentPaths } from '../../record/directory.ts'
import type { FollowedLine } from '../../record/journal-position.ts'
import { firstSeqOf, segmentHolding } from '../../record/segment-walk.ts'
import type { PlacedLine } from './entry-writer.ts'

/** Knows where the lines of a journal start that come one after the other. */
export interface Places {
  readonly placed: (lines: readonly FollowedLine[]) => readonly PlacedLine[]
  /** To be told where lines were left out, so that the next has to be looked for. */
  readonly skipped: () => void
  /** Where the next line starts, unless it is in another segment. */
  readonly next: () => number
}

const blockBytes = 256 * 1024

/** What stands for a place that was not found: nothing can be read there. */
const nowhere = -1

/** Begins behind a line that ended at this place. */
export function createPlaces(directory: string, start: number): Places {
  let next = start
  let isSure = true

  return {
    placed(lines) {
      const paths = segmentPaths(directory)
      const firsts = new Set(paths.map(firstSeqOf))
      return lines.map((line) => {
        if (firsts.has(line.seq)) next = 0
        const place = isSure ? next : search(segmentHolding(paths, line.seq), line.line, next)
        isSure = true
        next = Math.max(0, place) + line.line.length + 1
        return { ...line, place }
      })
    },
    skipped: () => {
      isSure = false
    },
    next: () => next,
  }
}

/** Where a line starts in a file, from a place on. */
function search(path: string | undefined, line: Buffer, from: number): number {
  if (path === undefined) return nowhere
  const file = openSync(path, 'r')
  try {
    return searchIn(file, Buffer.concat([line, Buffer.of(0x0a)]), from)
  } finally {
    closeSync(file)
  }
}

/** Blocks overlap by the length of what is looked for, so that none is cut in two. */
function searchIn(file: number, wanted: Buffer, from: number): number {
  const block = Buffer.allocUnsafe(blockBytes + wanted.length)
  const bytesRead = readSync(file, block, 0, block.length, from)
  const found = block.subarray(0, bytesRead).indexOf(wanted)
  if (found >= 0) return from + found
  return bytesRead < block.length ? nowhere : searchIn(file, wanted, from + blockBytes)
}
