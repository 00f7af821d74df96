import { open, type FileHandle } from 'node:fs/promises'
import { readBlock } from './backwards.ts'
import { headOf, type ChainHead } from './chain.ts'

const blockBytes = 64 * 1024
const newline = 0x0a

/** How a segment ends. */
export interface Tail {
  /** The head that the last whole line leaves; undefined where there is no whole line. */
  readonly head: ChainHead | undefined
  /** Bytes up to and with the newline of the last whole line. */
  readonly wholeBytes: number
  /** Bytes behind it, left by a write that a crash cut short. */
  readonly cutBytes: number
}

/**
 * Reads the end of a segment, backwards. A crash leaves at most one piece of a line, or one line
 * whose blocks did not all reach the disk; worse damage is no crash, and is left for people to see.
 */
export async function readTail(path: string): Promise<Tail> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const lastEnd = await endOfLineBefore(file, size)
    const lastStart = await endOfLineBefore(file, lastEnd - 1)
    for (const [start, end] of [
      [lastStart, lastEnd],
      [await endOfLineBefore(file, lastStart - 1), lastStart],
    ] as const) {
      if (end === 0) return { head: undefined, wholeBytes: 0, cutBytes: size }
      const head = headOf(await readBlock(file, start, end - 1))
      if (head) return { head, wholeBytes: end, cutBytes: size - end }
    }
  } finally {
    await file.close()
  }
  throw new Error(
    `${path} is damaged before its last line; move it to a safe place for inspection and start again`,
  )
}

/** Where the last line that ends before `limit` ends, its newline included; 0 where none does. */
async function endOfLineBefore(file: FileHandle, limit: number): Promise<number> {
  for (let end = limit; end > 0; end -= blockBytes) {
    const start = Math.max(0, end - blockBytes)
    const at = (await readBlock(file, start, end)).lastIndexOf(newline)
    if (at >= 0) return start + at + 1
  }
  return 0
}
