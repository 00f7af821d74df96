import { isRefusal, refusal, type Refusal } from '../core/refusal.ts'
import type { Issuer } from './issuer.ts'
import { printable } from './printable.ts'
import { readUnverified, refuseOversized } from './unverified-token.ts'
import { verifyToken, type VerificationParts, type VerifiedToken } from './verified-token.ts'

/** A token that holds, and whose it is. */
export interface CheckedToken {
  readonly issuer: Issuer
  readonly verified: VerifiedToken
  readonly staleKeys: boolean
}

/** What a token must be, where that is not what a CI job's must be. */
export interface Expected extends Pick<VerificationParts, 'required'> {
  readonly audience: string
  readonly maxAgeMs: number
}

interface CheckParts {
  readonly token: string
  readonly at: number
  readonly issuers: ReadonlyMap<string, Issuer>
  readonly expected?: Expected
}

/**
 * Finds a token's issuer and key and verifies it, cheapest check first. All tokens of an issuer, whoever
 * they are for, pass through here.
 */
export async function checkToken(parts: CheckParts): Promise<CheckedToken | Refusal> {
  const { token, at, issuers, expected } = parts
  const unverified = refuseOversized(token) ?? readUnverified(token)
  if (isRefusal(unverified)) return unverified
  const issuer = issuers.get(unverified.issuer)
  if (issuer === undefined) {
    const detail = `no issuer is configured with the url ${printable(unverified.issuer)}, byte for byte`
    return refusal('issuer_unknown', detail)
  }
  const { kind, keySet } = issuer
  const settings = { ...issuer.settings, ...expected }
  if (!kind.algorithms.includes(unverified.algorithm)) {
    const detail = `${printable(unverified.algorithm)} is no algorithm of ${settings.name}`
    return refusal('algorithm_refused', detail)
  }
  const search = await keySet.find(unverified.kid, at)
  if (search.kind === 'unavailable') return refusal('keys_unavailable', search.detail)
  if (search.kind === 'unknown_kid') return refusal('signature_invalid', search.detail)
  const { kid } = unverified
  const required = expected?.required
  const verified = await verifyToken({
    token,
    kid,
    keys: search.keys,
    algorithms: kind.algorithms,
    settings,
    at,
    ...(required && { required }),
  })
  return isRefusal(verified) ? verified : { issuer, verified, staleKeys: search.stale }
}
