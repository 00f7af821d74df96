import { noteSigners, type Note, type NoteVerifier } from '../../record/signed-note.ts'
import type { Handover } from './handover.ts'

/** Why a key is trusted: it was given, it was the first one seen, or a trusted one vouched for it. */
export type Trust = 'given' | 'first_use' | 'vouched'

export interface TrustedKey {
  readonly verifier: NoteVerifier
  readonly trust: Trust
}

/** The keys that signatures are checked against, and which of them signs at the moment. */
export interface KeyRing {
  /** Lets another key sign from here on, if it may. Says whether. */
  readonly takeOver: (handover: Handover) => boolean
  readonly check: (note: Note) => SignatureVerdict
  /** The same for a note from elsewhere, of which it is not known when it was signed. */
  readonly checkAnyTime: (note: Note) => SignatureVerdict
  readonly keys: () => readonly TrustedKey[]
  /** Trusts further keys as though they had been the first that the journal names. */
  readonly trust: (verifiers: readonly NoteVerifier[]) => void
}

/** `replaced`: by a key in whose place another signs. */
export type SignatureVerdict = 'held' | 'forged' | 'unknown' | 'replaced'

/**
 * Trusts the keys that it is given. Without any, the first that the journal names. From then on a key is
 * trusted when the one in force has signed for it, and the one in force stops counting: also where it was
 * given, since who stole it could otherwise sign on behind the key that was to replace it.
 */
export function createKeyRing(given: readonly NoteVerifier[]): KeyRing {
  const keys: TrustedKey[] = given.map((verifier) => ({ verifier, trust: 'given' }))
  /** Keys that signed until another took over. */
  const replaced = new Set<string>()
  let inForce: NoteVerifier | undefined

  const verifiers = () => keys.map(({ verifier }) => verifier)

  function trustOf({ verifier, note }: Handover): Trust | undefined {
    const isReplaced = replaced.has(verifier.vkey)
    if (!isReplaced && given.some(({ vkey }) => vkey === verifier.vkey)) return 'given'
    if (keys.length === 0) return 'first_use'
    if (inForce?.vkey === verifier.vkey) return 'vouched'
    // A key that was replaced may have been stolen since: it vouches for nobody.
    return noteSigners(note, inForce ? [inForce] : verifiers()).length > 0 ? 'vouched' : undefined
  }

  function verdictOn(note: Note): SignatureVerdict {
    const known = verifiers()
    const claimed = known.filter(({ name, keyId }) =>
      note.signatures.some((each) => each.name === name && each.keyId === keyId),
    )
    if (claimed.length === 0) return 'unknown'
    const held = noteSigners(note, known)
    if (held.length === 0) return 'forged'
    return inForce && !held.includes(inForce) ? 'replaced' : 'held'
  }

  /** Who signs a checkpoint here is in force from then on, also where the entry that named it is gone. */
  function check(note: Note): SignatureVerdict {
    const verdict = verdictOn(note)
    if (verdict === 'held') inForce ??= noteSigners(note, verifiers())[0]
    return verdict
  }

  return {
    takeOver(handover) {
      const trust = trustOf(handover)
      if (trust === undefined) return false
      const { vkey } = handover.verifier
      const known = keys.find(({ verifier }) => verifier.vkey === vkey)
      if (!known) keys.push({ verifier: handover.verifier, trust })
      if (inForce) replaced.add(inForce.vkey)
      replaced.delete(vkey)
      inForce = known?.verifier ?? handover.verifier
      return true
    },
    check,
    checkAnyTime(note) {
      const verdict = verdictOn(note)
      return verdict === 'replaced' ? 'held' : verdict
    },
    keys: () => keys,
    trust(verifiers) {
      for (const verifier of verifiers) keys.push({ verifier, trust: 'first_use' })
    },
  }
}
