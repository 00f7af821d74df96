import type { GuardName } from './guard.ts'

/** What an identity is: a CI job or workload, a human, or an AI agent. Rights of one are never those of another. */
export type IdentityKind = 'machine' | 'person' | 'agent'

/**
 * Verified claims by name. Always a Map, never a plain object: a claim called `constructor` or
 * `__proto__` is then just a claim.
 */
export type Claims = ReadonlyMap<string, string>

/** Verified claims with several values, by name, such as the groups that a person is in. */
export type ClaimLists = ReadonlyMap<string, readonly string[]>

/** The verified who. Made only from a token whose signature, audience and lifetime hold. */
export interface Identity {
  /** The issuer's name in `sallyport.yaml`. */
  readonly issuer: string
  readonly kind: IdentityKind
  readonly subject: string
  /** The one-line name that audit entries and Temporal's history show. */
  readonly principal: string
  readonly claims: Claims
  /** Never a name that is in `claims` too. Absent where the kind has none: jobs have single values only. */
  readonly lists?: ClaimLists
  /** Built-in guards that this identity trips: rules apply only if they allow each of them. */
  readonly guards: readonly GuardName[]
  /** SHA-256 of the whole token, in hex. The token itself is never kept. */
  readonly tokenDigest: string
  /** Milliseconds since the epoch from which this identity is no longer good. */
  readonly expiresAt: number
  /** True when the issuer's keys were last fetched longer ago than its refresh asks for. */
  readonly staleKeys: boolean
}
