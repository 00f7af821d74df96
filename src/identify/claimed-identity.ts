import type { IssuerSettings } from '../config/settings.ts'
import type { Claims, Identity, IdentityKind } from '../core/identity.ts'
import { issuerKinds } from './issuer-kind.ts'

/** What a token would say, without a token. */
export interface Claimed {
  readonly issuer: Pick<IssuerSettings, 'name' | 'kind' | 'url'>
  readonly claims: Claims
  /** What the identity is, where its claims do not make it an agent. */
  readonly kind?: IdentityKind | undefined
}

/**
 * The identity that a token with these claims would have, for tests and questions: the service takes
 * identities from verified tokens only. Claims that never become one's are dropped, and guards apply, as
 * with a real token; those of CI tokens mean nothing to people.
 */
export function claimedIdentity({ issuer, claims, kind = 'machine' }: Claimed): Identity {
  const rules = issuerKinds[issuer.kind]
  const kept = new Map(
    [...claims].filter(([name]) => (rules.claims.get(name)?.set ?? 'ignored') !== 'ignored'),
  )
  const subject = claims.get('sub') ?? 'claimed'
  const actual = rules.isAgent(kept) ? 'agent' : kind
  return {
    issuer: issuer.name,
    kind: actual,
    subject,
    principal: rules.principal({ issuerUrl: issuer.url, subject, claims: kept }),
    claims: kept,
    guards: actual === 'person' ? [] : rules.guards(kept),
    tokenDigest: '',
    expiresAt: Number.POSITIVE_INFINITY,
    staleKeys: false,
  }
}
