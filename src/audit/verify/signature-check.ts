import { printable } from '../../identify/printable.ts'
import type { Note } from '../../record/signed-note.ts'
import { readCheckpoint } from './checkpoint-entry.ts'
import { parseHandover } from './handover.ts'
import type { KeyRing } from './key-ring.ts'
import type { ParsedLine } from './parsed-line.ts'
import type { Place, Problems } from './problems.ts'
import { createUnvouched, type Unvouched } from './unvouched.ts'

/** How far a chain is signed. */
export interface Signed {
  /** Checkpoints of a trusted key that fit the chain. */
  readonly checkpoints: number
  /** The last entry that one of them covers; 0 where there is none. */
  readonly through: number
  /** Number of the last such checkpoint's own entry; 0 where there is none. */
  readonly seq: number
  readonly time: string | undefined
  /** Entries by keys that nobody trusts, where a later checkpoint covers the same. */
  readonly superseded: number
}

/** Checks the entries that carry signatures: checkpoints, and changes of the key that makes them. */
export interface SignatureCheck {
  /** Takes a checkpoint, with the digest of the line before it. Says whether it holds. */
  readonly checkpoint: (line: ParsedLine, before: string, place: Place) => boolean
  readonly signingKey: (line: ParsedLine, place: Place) => void
  /** Tells of what no trusted key has signed. */
  readonly finish: () => Signed
}

export interface SignatureCheckOptions {
  readonly problems: Problems
  readonly ring: KeyRing
  /** Called with every note that names a signing key and holds, and the number of its entry. */
  readonly onHandover?: ((note: string, seq: number) => void) | undefined
}

/** Checks signatures against the keys that a ring trusts at that point of the chain. */
export function createSignatureCheck(options: SignatureCheckOptions): SignatureCheck {
  const { problems, ring, onHandover } = options
  const unvouched = createUnvouched({ problems })
  let signed: Signed = { checkpoints: 0, through: 0, seq: 0, time: undefined, superseded: 0 }

  return {
    checkpoint(line, before, place) {
      const read = readCheckpoint(line)
      if (typeof read === 'string') {
        problems.add(place, 'bad_checkpoint', read)
        return false
      }
      const { note, statement } = read
      if (!isTrusted(note, place, { problems, ring, unvouched })) return false
      if (statement.seq !== line.seq - 1 || statement.digest !== before) {
        const range = `one of the entries ${signed.through + 1} to ${statement.seq}`
        const message = `does not fit what is before it: ${range} was changed, added or removed after this was signed`
        problems.add(place, 'checkpoint_mismatch', message)
        return false
      }
      signed = {
        checkpoints: signed.checkpoints + 1,
        through: statement.seq,
        seq: line.seq,
        time: line.time,
        superseded: signed.superseded + unvouched.supersede(),
      }
      return true
    },
    signingKey({ seq, entry }, place) {
      const text = entry['note']
      const handover = typeof text === 'string' ? parseHandover(text) : undefined
      if (typeof text !== 'string' || handover === undefined) {
        const message =
          'names a signing key in a note that cannot be read, or not signed by that key'
        return problems.add(place, 'bad_signing_key', message)
      }
      const { verifier } = handover
      const isItsOwn = entry['vkey'] === verifier.vkey && entry['key'] === verifier.keyId
      if (handover.seq !== seq || !isItsOwn) {
        const message = `has a note about another entry (${handover.seq}) or key (${verifier.keyId})`
        return problems.add(place, 'bad_signing_key', message)
      }
      if (ring.takeOver(handover)) return onHandover?.(text, seq)
      const name = `${printable(verifier.name)}+${verifier.keyId}`
      const message = `names key ${name}, which no trusted key has signed for; to trust it, give it with --key`
      unvouched.add(name, place, message)
    },
    finish() {
      unvouched.tell()
      return signed
    },
  }
}

interface Checks {
  readonly problems: Problems
  readonly ring: KeyRing
  readonly unvouched: Unvouched
}

function isTrusted(note: Note, place: Place, { problems, ring, unvouched }: Checks): boolean {
  const names = note.signatures.map(({ name, keyId }) => `${printable(name)}+${keyId}`).join(', ')
  const verdict = ring.check(note)
  switch (verdict) {
    case 'held':
      return true
    case 'unknown': {
      const message = `is signed by ${names}, which is not trusted; to trust it, give it with --key`
      unvouched.add(names, place, message)
      return false
    }
    case 'forged':
      problems.add(place, 'bad_signature', `has a signature of ${names} that does not hold`)
      return false
    case 'replaced':
      problems.add(
        place,
        'replaced_key',
        `is signed by ${names}, in whose place another key signs here`,
      )
      return false
  }
}
