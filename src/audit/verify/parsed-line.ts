import { isUtf8 } from 'node:buffer'

/** An entry as it was read: its place in the chain, and all that it says. */
export interface ParsedLine {
  readonly seq: number
  readonly prev: string
  readonly kind: string
  /** ISO 8601 in UTC. */
  readonly time: string
  readonly entry: Readonly<Record<string, unknown>>
}

/**
 * Reads a line, or returns undefined where it is no entry: not JSON in UTF-8, or without what every entry
 * has. Parsing all of it takes five microseconds for a kilobyte, which is less than its share of a minute
 * for a gigabyte; looking at the beginning alone would let half a line pass.
 */
export function parseLine(line: Buffer): ParsedLine | undefined {
  let entry: unknown
  try {
    entry = isUtf8(line) ? JSON.parse(line.toString('utf8')) : undefined
  } catch {
    return undefined
  }
  if (typeof entry !== 'object' || entry === null) return undefined
  const { seq, prev, kind, time } = entry as Readonly<Record<string, unknown>>
  if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 1) return undefined
  if (typeof prev !== 'string' || typeof kind !== 'string' || typeof time !== 'string') {
    return undefined
  }
  return { seq, prev, kind, time, entry: entry as ParsedLine['entry'] }
}
