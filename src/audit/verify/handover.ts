import {
  noteSigners,
  parseNote,
  parseVerifierKey,
  type Note,
  type NoteVerifier,
} from '../../record/signed-note.ts'

/** A signed statement that a key signs from some entry on. */
export interface Handover {
  readonly origin: string
  readonly verifier: NoteVerifier
  /** Number of the entry that announces it. */
  readonly seq: number
  readonly note: Note
}

/**
 * Reads the note of a `signing_key` entry, or returns undefined where it is none, or where the key that it
 * names has not signed it.
 */
export function parseHandover(text: string): Handover | undefined {
  const note = parseNote(text)
  const [title, origin = '', vkey = '', digits = '', end, ...rest] = note?.text.split('\n') ?? []
  const verifier = parseVerifierKey(vkey)
  if (note === undefined || verifier === undefined || end !== '' || rest.length > 0)
    return undefined
  if (title !== 'sallyport signing key' || !/^[1-9][0-9]{0,14}$/.test(digits)) return undefined
  if (origin !== verifier.name || noteSigners(note, [verifier]).length === 0) return undefined
  return { origin, verifier, seq: Number(digits), note }
}
