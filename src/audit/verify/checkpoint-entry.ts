import { printable } from '../../identify/printable.ts'
import { parseCheckpoint, type CheckpointStatement } from '../../record/checkpoint.ts'
import { parseNote, type Note } from '../../record/signed-note.ts'
import type { ParsedLine } from './parsed-line.ts'

/** A checkpoint as it stands in a journal. */
export interface CheckpointEntry {
  readonly note: Note
  readonly statement: CheckpointStatement
}

/** All that a checkpoint may say. Of the last one of a journal nothing but its note is signed. */
const fields: ReadonlySet<string> = new Set(
  'id seq prev time kind size head origin key note open_calls oldest_open_seq dropped_entries replica version'.split(
    ' ',
  ),
)

/** Reads a checkpoint entry, or says in words what is wrong with it. Its signature is not looked at. */
export function readCheckpoint({ entry }: ParsedLine): CheckpointEntry | string {
  const { note: text, size, head, origin, key } = entry
  const note = typeof text === 'string' ? parseNote(text) : undefined
  const statement = note && parseCheckpoint(note.text)
  if (note === undefined || statement === undefined) {
    return 'is a checkpoint whose note cannot be read'
  }
  const unknown = Object.keys(entry).find((name) => !fields.has(name))
  if (unknown !== undefined) return `has a field that no checkpoint has: ${printable(unknown, 40)}`
  if (size !== statement.seq || head !== statement.digest) {
    return 'has a size or head that is not what its note says'
  }
  if (origin !== statement.origin) return 'has an origin that is not what its note says'
  if (!note.signatures.some(({ name, keyId }) => name === origin && keyId === key)) {
    return 'is not signed by the key that it names, in the name of its origin'
  }
  return { note, statement }
}
