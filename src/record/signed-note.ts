import { createPublicKey, hash, sign, verify, type KeyObject } from 'node:crypto'

/** The one signature algorithm of notes here: Ed25519, as C2SP signed-note numbers it. */
const algorithm = 1

/** Who signs notes: a private Ed25519 key, and the name that it signs under. */
export interface NoteSigner {
  readonly verifier: NoteVerifier
  /** The signature line of a text, with its newline. The text must end in a newline. */
  readonly signatureOf: (text: string) => string
}

/** Who notes are checked against: a name and a public key. */
export interface NoteVerifier {
  readonly name: string
  /** First four bytes of SHA-256 over the name, a newline, the algorithm and the key; eight hex digits. */
  readonly keyId: string
  /** `name+hash+base64`: the form in which Go's note package and others take keys. */
  readonly vkey: string
  readonly verifies: (text: string, signature: Uint8Array) => boolean
}

/** One signature of a note. */
export interface NoteSignature {
  readonly name: string
  readonly keyId: string
  readonly signature: Uint8Array
}

/** A note taken apart: its text, which ends in a newline, and who says to have signed it. */
export interface Note {
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

/** Makes a signer of a private key. Throws where the key is not Ed25519 or the name is none that notes can carry. */
export function noteSigner(name: string, privateKey: KeyObject): NoteSigner {
  if (privateKey.asymmetricKeyType !== 'ed25519') {
    throw new Error(`notes are signed with Ed25519 keys, not ${privateKey.asymmetricKeyType}`)
  }
  const verifier = noteVerifier(name, createPublicKey(privateKey))
  const id = Buffer.from(verifier.keyId, 'hex')
  return {
    verifier,
    signatureOf(text) {
      const signature = sign(null, Buffer.from(text), privateKey)
      return `— ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`
    },
  }
}

/** Makes a verifier of a public Ed25519 key. */
function noteVerifier(name: string, publicKey: KeyObject): NoteVerifier {
  if (!isNoteName(name)) throw new Error('a name in a note has no spaces and no plus sign')
  const raw = Buffer.from(String(publicKey.export({ format: 'jwk' }).x), 'base64url')
  const key = Buffer.concat([Buffer.of(algorithm), raw])
  const keyId = hash('sha256', Buffer.concat([Buffer.from(`${name}\n`), key])).slice(0, 8)
  return {
    name,
    keyId,
    vkey: `${name}+${keyId}+${key.toString('base64')}`,
    verifies: (text, signature) => verify(null, Buffer.from(text), publicKey, signature),
  }
}

/** Reads a verifier from its `name+hash+base64` form, or returns undefined where it is none that is known here. */
export function parseVerifierKey(vkey: string): NoteVerifier | undefined {
  const [, name = '', keyId, encoded = ''] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(vkey) ?? []
  const key = Buffer.from(encoded, 'base64')
  if (key.length !== 33 || key[0] !== algorithm || !isNoteName(name)) return undefined
  const x = key.subarray(1).toString('base64url')
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  const verifier = noteVerifier(name, publicKey)
  return verifier.keyId === keyId && verifier.vkey === vkey ? verifier : undefined
}

/** A note of a text, which must end in a newline, with the signatures of all signers. */
export function signNote(text: string, signers: readonly NoteSigner[]): string {
  return `${text}\n${signers.map((signer) => signer.signatureOf(text)).join('')}`
}

/** Takes a note apart, or returns undefined where it is none. C2SP signed-note. */
export function parseNote(note: string): Note | undefined {
  const split = note.lastIndexOf('\n\n')
  if (split < 0 || !note.endsWith('\n')) return undefined
  const signatures: NoteSignature[] = []
  for (const line of note.slice(split + 2, -1).split('\n')) {
    const [, name = '', encoded = ''] = /^— (\S+) ([A-Za-z0-9+/]+=*)$/.exec(line) ?? []
    const bytes = Buffer.from(encoded, 'base64')
    if (!isNoteName(name) || bytes.length < 5) return undefined
    const keyId = bytes.subarray(0, 4).toString('hex')
    signatures.push({ name, keyId, signature: bytes.subarray(4) })
  }
  return { text: note.slice(0, split + 1), signatures }
}

/** The verifiers whose signatures on a note hold. One that is known and does not hold makes it none at all. */
export function noteSigners(note: Note, known: readonly NoteVerifier[]): readonly NoteVerifier[] {
  const held: NoteVerifier[] = []
  for (const { name, keyId, signature } of note.signatures) {
    const verifier = known.find((each) => each.name === name && each.keyId === keyId)
    if (verifier === undefined) continue
    if (!verifier.verifies(note.text, signature)) return []
    held.push(verifier)
  }
  return held
}

function isNoteName(name: string): boolean {
  return name !== '' && !/[\s+]/u.test(name)
}
