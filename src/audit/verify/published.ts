import { parseCheckpoint, type CheckpointStatement } from '../../record/checkpoint.ts'
import { parseNote, type Note } from '../../record/signed-note.ts'
import type { KeyRing } from './key-ring.ts'
import type { Place, Problems } from './problems.ts'

/** A file with checkpoints that were kept elsewhere: signed notes, one after the other. */
export interface PublishedFile {
  readonly name: string
  readonly text: string
}

/** Compares a chain with checkpoints that were kept elsewhere. */
export interface PublishedCheck {
  /** Takes each line as it comes. */
  readonly take: (seq: number, digest: string) => void
  /** Compares with what the chain was. Returns how many fit, and how many are of entries before the first. */
  readonly finish: (chain: { firstSeq: number; lastSeq: number }) => PublishedResult
}

export interface PublishedResult {
  /** All that there were to compare with. */
  readonly given: number
  readonly matched: number
  /** About entries before the first, or behind the end of a part. */
  readonly before: number
  readonly after: number
}

interface Published {
  readonly place: Place
  readonly note: Note
  readonly statement: CheckpointStatement
}

/**
 * Reads the files, and tells of what is no checkpoint in them. Notes follow one another as witnesses write
 * them: behind the signatures of one, the next begins.
 */
export function createPublishedCheck(
  files: readonly PublishedFile[],
  parts: {
    readonly problems: Problems
    readonly ring: KeyRing
    /** Whether the chain is known to go on elsewhere, so that one may be about entries behind its end. */
    readonly isPart?: boolean
  },
): PublishedCheck {
  const { problems, ring, isPart = false } = parts
  const published: Published[] = []
  /** The digests of lines that a checkpoint is about; undefined until the line has come. */
  const digests = new Map<number, string | undefined>()
  for (const { name, text } of files) {
    for (const { line, text: noteText } of notesIn(text)) {
      const place = { segment: name, line, seq: undefined, order: Infinity }
      const note = parseNote(noteText)
      const statement = note && parseCheckpoint(note.text)
      if (note === undefined || statement === undefined) {
        problems.add(
          place,
          'bad_checkpoint',
          'is no checkpoint: a signed note with origin, size and head',
        )
        continue
      }
      published.push({ place: { ...place, seq: statement.seq }, note, statement })
      digests.set(statement.seq, undefined)
    }
  }

  function compare({ place, note, statement }: Published, firstSeq: number, lastSeq: number) {
    const { seq, digest } = statement
    const signer = ring.checkAnyTime(note)
    if (signer !== 'held') {
      const [code, why] =
        signer === 'unknown'
          ? ([
              'unknown_key',
              'is signed by no key that this journal or you name as trusted',
            ] as const)
          : (['bad_signature', 'has a signature that does not hold'] as const)
      problems.add(place, code, why)
    } else if (seq > lastSeq && isPart) {
      return 'after'
    } else if (seq > lastSeq) {
      const message = `covers ${seq} entries, and the journal ends with ${lastSeq}: entries ${lastSeq + 1} to ${seq} were cut off`
      problems.add(place, 'cut_off', message)
    } else if (seq >= firstSeq && digests.get(seq) !== digest) {
      const message = `does not fit the journal: an entry up to ${seq} was changed after this was signed`
      problems.add(place, 'checkpoint_mismatch', message)
    } else return seq < firstSeq ? 'before' : 'matched'
    return 'wrong'
  }

  return {
    take(seq, digest) {
      if (digests.has(seq)) digests.set(seq, digest)
    },
    finish({ firstSeq, lastSeq }) {
      const results = published.map((each) => compare(each, firstSeq, lastSeq))
      const counted = (result: string) => results.filter((each) => each === result).length
      return {
        given: published.length,
        matched: counted('matched'),
        before: counted('before'),
        after: counted('after'),
      }
    },
  }
}

/** The notes of a file, one behind the other, with the line that each begins in. */
export function notesIn(text: string): readonly { readonly line: number; readonly text: string }[] {
  const notes: { line: number; text: string }[] = []
  let lines: string[] = []
  let isSigned = false
  const take = (end: number): void => {
    if (lines.length > 0) notes.push({ line: end - lines.length, text: `${lines.join('\n')}\n` })
    lines = []
    isSigned = false
  }
  for (const [index, line] of text.split('\n').entries()) {
    const isSignature = line.startsWith('— ')
    if (isSigned && !isSignature) take(index + 1)
    if (lines.length > 0 || line !== '') lines.push(line)
    isSigned ||= isSignature
  }
  if (lines.some((line) => line !== '')) take(text.split('\n').length + 1)
  return notes
}
