import { decodeJwt, decodeProtectedHeader } from 'jose'
import { refusal, type Refusal } from '../core/refusal.ts'

/** What a token says about itself. Good for choosing an issuer and a key, and for nothing else. */
export interface UnverifiedToken {
  readonly algorithm: string
  readonly kid: string
  readonly issuer: string
}

/** Longest token that is looked at, in characters. Group lists of GitLab make some of 10 KB. */
const tokenLengthMax = 16 * 1024

/** Checks the size before anything is computed from a token. */
export function refuseOversized(token: string): Refusal | undefined {
  if (token.length <= tokenLengthMax) return undefined
  const detail = `the token has ${token.length} characters; ${tokenLengthMax} are accepted`
  return refusal('credential_malformed', detail)
}

/** Reads the header and the issuer of a compact JWS without trusting a word of them. */
export function readUnverified(token: string): UnverifiedToken | Refusal {
  try {
    const { alg, kid } = decodeProtectedHeader(token)
    const { iss } = decodeJwt(token)
    if (!isName(alg) || !isName(kid) || !isName(iss)) {
      return refusal(
        'credential_malformed',
        'the token lacks one of "alg", "kid" and "iss", or it is not a string',
      )
    }
    return { algorithm: alg, kid, issuer: iss }
  } catch {
    return refusal('credential_malformed', 'the credential is not a JSON Web Token')
  }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
