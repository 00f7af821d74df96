/** Where a line says that it belongs: its number, and the digest of the line before it. */
export interface EntryPlace {
  readonly seq: number
  readonly prev: string
}

/** How every line of the journal begins; these many bytes hold all of it. */
const beginning = /^\{"id":"[0-9A-Z]{26}","seq":([1-9][0-9]{0,14}),"prev":"([0-9a-f]{64})"/
const beginningBytes = 160

/**
 * Reads the place of a line, without its newline, or returns undefined where it is no entry. A line
 * that begins as the journal writes it is not parsed further, so whether all of it is JSON stays open.
 */
export function entryPlace(line: Buffer): EntryPlace | undefined {
  const [, digits, digest] = beginning.exec(line.toString('latin1', 0, beginningBytes)) ?? []
  if (digest !== undefined) return { seq: Number(digits), prev: digest }
  try {
    const { seq, prev } = JSON.parse(line.toString()) as Partial<EntryPlace>
    const isPlace = Number.isSafeInteger(seq) && Number(seq) > 0 && typeof prev === 'string'
    return isPlace ? { seq: Number(seq), prev } : undefined
  } catch {
    return undefined
  }
}
