import { CompactSign, type JWTPayload } from 'jose'
import type { IssuerSettings } from '../../config/settings.ts'
import { isRefusal, refusal, type Refusal, type RefusalCode } from '../../core/refusal.ts'
import { issuerKinds } from '../../identify/issuer-kind.ts'
import { printable } from '../../identify/printable.ts'
import { readUnverified } from '../../identify/unverified-token.ts'
import { verifyToken } from '../../identify/verified-token.ts'

/** A token to check without its issuer's keys. */
export interface TokenCheck {
  readonly token: string
  readonly payload: JWTPayload
  readonly settings: IssuerSettings
  readonly at: number
}

/**
 * Why a token would be refused even with a good signature. The payload is signed anew with a key that
 * is forgotten at once, so that the one verification there is says what it thinks of the rest.
 */
export async function refuseToken(check: TokenCheck): Promise<Refusal | undefined> {
  const { token, payload, settings, at } = check
  const unverified = readUnverified(token)
  if (isRefusal(unverified)) return unverified
  const { issuer, algorithm, kid } = unverified
  if (issuer !== settings.url) {
    const detail = `the token is of ${printable(issuer)}, not of ${settings.name}, which is ${settings.url}`
    return refusal('issuer_unknown', detail)
  }
  if (!issuerKinds[settings.kind].algorithms.includes(algorithm)) {
    const detail = `${printable(algorithm)} is no algorithm of ${settings.name}`
    return refusal('algorithm_refused', detail)
  }
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  const secret = crypto.getRandomValues(new Uint8Array(32))
  const key = await crypto.subtle.importKey('raw', secret, hmac, false, ['sign', 'verify'])
  const resigned = await new CompactSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'HS256', kid })
    .sign(key)
  const keys = [{ kid, thumbprint: '', key }]
  const verified = await verifyToken({
    token: resigned,
    kid,
    keys,
    algorithms: ['HS256'],
    settings,
    at,
  })
  return isRefusal(verified) ? verified : undefined
}

/** Refusals that end with the token: the job's next one may do. */
const passing: ReadonlySet<RefusalCode> = new Set([
  'token_expired',
  'token_too_old',
  'token_not_yet_valid',
])

/** Whether the next token of the same job would be refused as well. */
export function isLasting({ code }: Refusal): boolean {
  return !passing.has(code)
}
