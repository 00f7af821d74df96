import { hash } from 'node:crypto'
import type { RecordedEntry } from '../../src/core/recorded-call.ts'
import { genesis } from '../../src/record/chain.ts'
import { writeSegment } from './chained-lines.ts'

/** A line of a journal that was written for a test. */
export interface ChainedEntry {
  readonly seq: number
  readonly id: string
  readonly line: string
  readonly digest: string
}

/** Writes entries as a journal: each gets its id, its number and the digest of the one before. */
export function writeChain(
  directory: string,
  entries: readonly RecordedEntry[],
  options: { readonly perSegment?: number; readonly after?: ChainedEntry } = {},
): readonly ChainedEntry[] {
  const { perSegment = entries.length, after } = options
  const written: ChainedEntry[] = []
  for (const entry of entries) {
    const seq = (written.at(-1) ?? after)?.seq ?? 0
    const prev = (written.at(-1) ?? after)?.digest ?? genesis.digest
    const id = `01JD${String(seq + 1).padStart(22, '0')}`
    const { id: _id, seq: _seq, prev: _prev, ...rest } = entry
    const line = JSON.stringify({ id, seq: seq + 1, prev, ...rest })
    written.push({ seq: seq + 1, id, line, digest: hash('sha256', line) })
  }
  for (let at = 0; at < written.length; at += perSegment) {
    const part = written.slice(at, at + perSegment)
    writeSegment(
      directory,
      part[0]?.seq ?? 1,
      part.map(({ line }) => line),
    )
  }
  return written
}
