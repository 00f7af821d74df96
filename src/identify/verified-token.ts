import { errors, jwtVerify, type JWTPayload } from 'jose'
import type { IssuerSettings } from '../config/settings.ts'
import { refusal, type Refusal } from '../core/refusal.ts'
import { printable, printableDate } from './printable.ts'
import type { VerificationKey } from './verification-key.ts'

/** A token whose signature, issuer, audience and lifetime hold. */
export interface VerifiedToken {
  readonly payload: JWTPayload
  /** The key that signed it. */
  readonly key: VerificationKey
  readonly subject: string
  /** Milliseconds since the epoch: the first of `exp` and the own maximum age, without any skew. */
  readonly expiresAt: number
}

/** A token and everything that it is verified against. */
export interface VerificationParts {
  readonly token: string
  readonly kid: string
  /** The issuer's keys with the token's kid; usually one. */
  readonly keys: readonly VerificationKey[]
  readonly algorithms: readonly string[]
  readonly settings: Pick<IssuerSettings, 'name' | 'url' | 'audience' | 'maxAgeMs'>
  readonly at: number
  /** Claims without which no token is taken; those of CI jobs unless given. */
  readonly required?: readonly string[]
}

/** What every id token of a CI job carries. */
const requiredOfJobs: readonly string[] = ['exp', 'iat', 'nbf', 'jti', 'sub']

/** How far the clocks of issuers may be off. */
const clockSkewSeconds = 30

/** Verifies a token with each of the keys until one fits. */
export async function verifyToken(parts: VerificationParts): Promise<VerifiedToken | Refusal> {
  const { token, keys, algorithms, settings, at, required = requiredOfJobs } = parts
  for (const key of keys) {
    try {
      const { payload } = await jwtVerify(token, key.key, {
        algorithms: [...algorithms],
        issuer: settings.url,
        audience: settings.audience,
        requiredClaims: [...required],
        clockTolerance: clockSkewSeconds,
        maxTokenAge: settings.maxAgeMs / 1000,
        currentDate: new Date(at),
      })
      return checkShape(payload, key, { settings, required })
    } catch (error) {
      // Keys may share a kid: the token may still be the next one's.
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) return explain(error, parts)
    }
  }
  const detail = `no key of ${settings.name} with the id ${printable(parts.kid)} made the signature`
  return refusal('signature_invalid', detail)
}

/** What jose leaves open: an audience that is one of several, and the types of other claims. */
function checkShape(
  payload: JWTPayload,
  key: VerificationKey,
  { settings, required }: Required<Pick<VerificationParts, 'settings' | 'required'>>,
): VerifiedToken | Refusal {
  // jose has checked that both are numbers, because they are required and there is a maximum age.
  const { aud, sub, exp, iat } = payload as JWTPayload & { exp: number; iat: number }
  if (typeof aud !== 'string') {
    const detail = `the token of ${settings.name} names several audiences; it must name one`
    return refusal('audience_mismatch', detail)
  }
  const names = textClaims.filter((name) => required.includes(name))
  if (!isText(sub) || !names.every((name) => isText(payload[name]))) {
    const quoted = names.map((name) => `"${name}"`).join(' and ')
    const detail = `${quoted} of a token of ${settings.name} must be strings that are not empty`
    return refusal('credential_malformed', detail)
  }
  const expiresAt = Math.min(exp * 1000, iat * 1000 + settings.maxAgeMs)
  return { payload, key, subject: sub, expiresAt }
}

/** Claims that must be texts where they are required. */
const textClaims: readonly string[] = ['sub', 'jti', 'nonce']

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** Turns what jose throws into a refusal, with the times that somebody will ask for. */
function explain(error: unknown, { settings, at }: VerificationParts): Refusal {
  const of = `of ${settings.name}`
  if (error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed) {
    const { claim, reason, payload } = error
    const value = payload[claim]
    const times = `"${claim}" ${of} is ${typeof value === 'number' ? printableDate(value) : 'no number'}, now is ${new Date(at).toISOString()}`
    if (reason === 'missing') return refusal('claims_missing', `the token ${of} lacks "${claim}"`)
    if (reason === 'invalid') return refusal('credential_malformed', times)
    if (claim === 'exp') return refusal('token_expired', times)
    if (error instanceof errors.JWTExpired) {
      const detail = `${times}; at most ${settings.maxAgeMs / 1000} s are accepted`
      return refusal('token_too_old', detail)
    }
    if (claim === 'aud') return refusal('audience_mismatch', describeAudience(value, settings))
    return refusal('token_not_yet_valid', times)
  }
  return refusal('credential_malformed', `the token ${of}: ${printable(String(error), 120)}`)
}

function describeAudience(
  value: unknown,
  { name, audience }: VerificationParts['settings'],
): string {
  const found = typeof value === 'string' ? printable(value) : 'not one string'
  return `the audience of the token of ${name} is ${found}, not ${audience}`
}
