import { hash } from 'node:crypto'

/** The end of a chain: the last entry's number, and the SHA-256 of its line without the newline. */
export interface ChainHead {
  readonly seq: number
  readonly digest: string
}

/** What the first entry of all follows. */
export const genesis: ChainHead = { seq: 0, digest: '0'.repeat(64) }

/** The head after one more line. The line comes without its newline. */
export function advance(head: ChainHead, line: Uint8Array): ChainHead {
  return { seq: head.seq + 1, digest: hash('sha256', line) }
}

/** The head that a written line leaves, or undefined where it is no line of a journal. */
export function headOf(line: Uint8Array): ChainHead | undefined {
  const place = placeOf(line)
  return place && { seq: place.seq, digest: hash('sha256', line) }
}

/** How far a chain holds. */
interface ChainReport {
  /** Lines that hold, counted up to the first that does not. */
  readonly entries: number
  readonly head: ChainHead
  /** The first line that does not hold, counted from 1, and why. */
  readonly fault: { readonly line: number; readonly why: string } | undefined
}

/**
 * Checks that lines, without their newlines, follow one another: that nothing was changed, removed,
 * added or moved before the end. What was cut off the end only an outside anchor can show.
 */
export async function verifyChain(
  lines: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  after: ChainHead = genesis,
): Promise<ChainReport> {
  let head = after
  let entries = 0
  for await (const line of lines) {
    const why = faultOf(line, head)
    if (why !== undefined) return { entries, head, fault: { line: entries + 1, why } }
    head = advance(head, line)
    entries += 1
  }
  return { entries, head, fault: undefined }
}

function faultOf(line: Uint8Array, head: ChainHead): string | undefined {
  const place = placeOf(line)
  if (place === undefined) return 'it is not an entry: no JSON object with seq and prev'
  if (place.seq !== head.seq + 1) return `its seq is ${place.seq} where ${head.seq + 1} is due`
  if (place.prev !== head.digest) return 'its prev is not the SHA-256 of the line before'
  return undefined
}

function placeOf(line: Uint8Array): { readonly seq: number; readonly prev: string } | undefined {
  let entry: unknown
  try {
    entry = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(line))
  } catch {
    return undefined
  }
  if (typeof entry !== 'object' || entry === null) return undefined
  const { seq, prev } = entry as { readonly seq?: unknown; readonly prev?: unknown }
  if (!Number.isSafeInteger(seq) || typeof prev !== 'string') return undefined
  return { seq: seq as number, prev }
}
