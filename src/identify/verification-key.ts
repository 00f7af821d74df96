import type { webcrypto } from 'node:crypto'
import { calculateJwkThumbprint, importJWK, type CryptoKey } from 'jose'
import { printable } from './printable.ts'

/** A public key that an issuer's tokens are verified with. */
export interface VerificationKey {
  readonly kid: string
  /** Thumbprint of the key material (RFC 7638): keys can share a kid. */
  readonly thumbprint: string
  readonly key: CryptoKey
}

/** NIST SP 800-131A: shorter RSA keys are not acceptable for signatures. */
const modulusBitsMin = 2048
/** Longer keys would make each verification a burden. */
const modulusBitsMax = 8192
/** 65537, the one exponent in use. With some others, such as 1, anybody could make signatures. */
const exponent = 'AQAB'

/** The members of an RSA key in a set that are read. Private members are never imported. */
interface RsaJwk {
  readonly kty: 'RSA'
  readonly kid: string
  readonly n: string
  readonly e: string
}

/**
 * Reads a JSON Web Key Set (RFC 7517) and leaves out every key that is not for verifying signatures
 * of the issuer. Throws where nothing is left. Keys that were known before are the same objects again.
 */
export async function readKeySet(
  text: string,
  algorithms: readonly string[],
  known: readonly VerificationKey[],
): Promise<readonly VerificationKey[]> {
  const candidates = readCandidates(text).filter((jwk) => isUsable(jwk, algorithms))
  const keys = await Promise.all(candidates.map((jwk) => importKey(jwk, algorithms, known)))
  const usable = keys.filter((key) => key !== undefined)
  if (usable.length > 0) return usable
  throw new Error(
    'the key set has no usable key: RSA, 2048 bits or more, for signatures, with a kid',
  )
}

function readCandidates(text: string): readonly unknown[] {
  const parsed: unknown = parseJson(text)
  if (typeof parsed === 'object' && parsed !== null && 'keys' in parsed) {
    if (Array.isArray(parsed.keys)) return parsed.keys as unknown[]
  }
  throw new Error('the key set is not a JSON object with an array "keys"')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error(`the key set is not JSON: ${printable(text, 32)}`)
  }
}

function isUsable(jwk: unknown, algorithms: readonly string[]): jwk is RsaJwk {
  if (typeof jwk !== 'object' || jwk === null) return false
  const { kty, kid, n, e, d, use, alg } = jwk as Record<string, unknown>
  return (
    kty === 'RSA' &&
    typeof kid === 'string' &&
    kid !== '' &&
    typeof n === 'string' &&
    e === exponent &&
    // A key whose private half was published proves nothing any more.
    d === undefined &&
    (use === undefined || use === 'sig') &&
    (alg === undefined || (typeof alg === 'string' && algorithms.includes(alg)))
  )
}

async function importKey(
  { kty, kid, n, e }: RsaJwk,
  algorithms: readonly string[],
  known: readonly VerificationKey[],
): Promise<VerificationKey | undefined> {
  try {
    const thumbprint = await calculateJwkThumbprint({ kty, n, e })
    const same = known.find((key) => key.kid === kid && key.thumbprint === thumbprint)
    if (same) return same
    const key = await importJWK({ kty, n, e }, algorithms[0])
    const { modulusLength } = key.algorithm as webcrypto.RsaKeyAlgorithm
    const isSound = modulusLength >= modulusBitsMin && modulusLength <= modulusBitsMax
    return isSound ? { kid, thumbprint, key } : undefined
  } catch {
    // One key that cannot be imported must not take the others with it.
    return undefined
  }
}
