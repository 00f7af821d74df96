import type { IssuerSettings } from '../config/settings.ts'
import type { Identity } from '../core/identity.ts'
import { refusal, type Refusal } from '../core/refusal.ts'
import type { ReadClaims } from './claims/claim-table.ts'
import { issuerKinds } from './issuer-kind.ts'

/** What an identity is made of: a token's claims, and what an identity shows beside them. */
export interface IdentityParts {
  readonly settings: Pick<IssuerSettings, 'name' | 'kind' | 'url'>
  /** The payload, read by the table of the issuer's kind. */
  readonly read: ReadClaims
  readonly subject: string
  readonly tokenDigest: string
  readonly expiresAt: number
  readonly staleKeys: boolean
}

/**
 * Makes an identity of a token's payload. Whether the token holds is somebody else's business: here it
 * only matters what it says, and that no claim which a guard rests on is mistyped.
 */
export function identityOf(parts: IdentityParts): Identity | Refusal {
  const { settings, read, subject, tokenDigest, expiresAt, staleKeys } = parts
  const { name, url } = settings
  const kind = issuerKinds[settings.kind]
  const mistyped = kind.guardedClaims.find((claim) => read.mistyped.includes(claim))
  if (mistyped !== undefined) {
    const detail = `the claim "${mistyped}" of ${name} has an unexpected JSON type`
    return refusal('credential_malformed', detail)
  }
  const { claims } = read
  return {
    issuer: name,
    kind: kind.isAgent(claims) ? 'agent' : 'machine',
    subject,
    principal: kind.principal({ issuerUrl: url, subject, claims }),
    claims,
    guards: kind.guards(claims),
    tokenDigest,
    expiresAt,
    staleKeys,
  }
}
