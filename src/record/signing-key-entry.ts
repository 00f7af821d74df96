import type { EntryBody } from '../core/audit-entry.ts'
import { lateEntry } from './late-entry.ts'
import { noteSigner, signNote, type NoteSigner } from './signed-note.ts'
import type { SigningKeys } from './signing-keys.ts'

/** The key that a journal's last signature is of. */
export interface KeyInForce {
  readonly origin: string
  readonly keyId: string
}

/** Who signs from here on, and who says that this is right. */
export interface Signing {
  readonly origin: string
  readonly signer: NoteSigner
  /** The key before, where another signs now. */
  readonly previous: KeyInForce | undefined
  /** Keys from before that are there to sign the change. */
  readonly witnesses: readonly NoteSigner[]
}

/**
 * Finds out who signs. The origin names the journal, not the process: unless one is configured, it stays
 * what the journal has, whatever the host is called now. Throws where it is none that notes can carry.
 */
export function signingOf(
  keys: SigningKeys,
  last: KeyInForce | undefined,
  { origin: wanted, replica }: { readonly origin: string | undefined; readonly replica: string },
): Signing {
  const origin = wanted ?? last?.origin ?? `sallyport/${replica.replaceAll(/[\s+]/gu, '-')}`
  const signer = noteSigner(origin, keys[0])
  if (last === undefined || last.keyId === signer.verifier.keyId) {
    return { origin, signer, previous: undefined, witnesses: [] }
  }
  const witnesses = keys
    .map((key) => noteSigner(last.origin, key))
    .filter(({ verifier }) => verifier.keyId !== signer.verifier.keyId)
  return { origin, signer, previous: last, witnesses }
}

/** Whether the key before has signed the change, so that who trusts it can trust the new one. */
export function isHandedOver({ previous, witnesses }: Signing): boolean {
  return (
    previous === undefined || witnesses.some(({ verifier }) => verifier.keyId === previous.keyId)
  )
}

/** The entry that names the key that signs from here on, signed by it and by the keys before it. */
export function signingKeyEntry(signing: Signing, at: number): EntryBody {
  const { origin, signer, previous, witnesses } = signing
  const { vkey, keyId } = signer.verifier
  return lateEntry({ time: new Date(at).toISOString(), kind: 'signing_key' }, ({ head }) => {
    const text = `sallyport signing key\n${origin}\n${vkey}\n${head.seq + 1}\n`
    return {
      vkey,
      key: keyId,
      ...(previous && { previous_key: previous.keyId }),
      note: signNote(text, [signer, ...witnesses]),
    }
  })
}
