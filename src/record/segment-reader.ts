import { hash } from 'node:crypto'
import { open, stat } from 'node:fs/promises'
import { bytesOf, readWholeLines } from './whole-lines.ts'

/** A segment open for reading, while others may write, cut or replace it. */
export interface SegmentReader {
  readonly path: string
  /** The whole lines that come next, at most so many. */
  readonly lines: (linesMax: number) => Promise<readonly Buffer[]>
  /** Goes on behind a line that is no entry, or not a new one. */
  readonly pass: (line: Uint8Array) => void
  /** Goes on behind an entry. */
  readonly passEntry: (line: Uint8Array) => void
  /** SHA-256 of what now stands where the last entry was read; undefined where none was. */
  readonly digestOfLast: () => Promise<string | undefined>
  /** Whether no other file is under its path, and it is no shorter than what was read of it. */
  readonly isWhole: () => Promise<boolean>
  readonly close: () => Promise<void>
}

/** Opens a segment at its beginning. Rejects where it cannot be read. */
export async function openSegmentReader(path: string): Promise<SegmentReader> {
  const handle = await open(path, 'r')
  let offset = 0
  let last: { readonly offset: number; readonly bytes: number } | undefined
  return {
    path,
    lines: (linesMax) => readWholeLines(handle, offset, linesMax),
    pass: (line) => void (offset += bytesOf(line)),
    passEntry(line) {
      last = { offset, bytes: line.length }
      offset += bytesOf(line)
    },
    async digestOfLast() {
      if (last === undefined) return undefined
      const line = Buffer.alloc(last.bytes)
      await handle.read(line, 0, last.bytes, last.offset)
      return hash('sha256', line)
    },
    async isWhole() {
      const opened = await handle.stat()
      const found = await stat(path).catch(() => undefined)
      const isOther = found !== undefined && (found.ino !== opened.ino || found.dev !== opened.dev)
      return !isOther && opened.size >= offset
    },
    close: () => handle.close(),
  }
}
