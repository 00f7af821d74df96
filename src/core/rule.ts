import type { GrantTerms } from './grant.ts'
import type { GuardName } from './guard.ts'
import type { Claims, Identity, IdentityKind } from './identity.ts'

/** A test of one claim. A claim that is absent fails it. */
export type ClaimTest =
  | { readonly operator: 'exact'; readonly value: string }
  | { readonly operator: 'any_of'; readonly values: ReadonlySet<string> }

/** Identities like *this* get *that*. */
export interface Rule {
  readonly name: string
  readonly issuer: string
  readonly kind: IdentityKind
  /** Every test must hold. Never empty: a rule that matches everybody does not load. */
  readonly match: ReadonlyMap<string, ClaimTest>
  /** Guards that the rule turns off for the identities that it matches. */
  readonly allow: ReadonlySet<GuardName>
  readonly grants: readonly GrantTerms[]
}

/** Whether the rule's tests hold for the identity, guards left aside. */
export function matches(rule: Rule, identity: Identity): boolean {
  if (rule.issuer !== identity.issuer || rule.match.size === 0) return false
  for (const [claim, test] of rule.match) {
    if (!holds(test, identity.claims, claim)) return false
  }
  return true
}

/** Whether the rule is meant for identities of this kind, and for those that trip these guards. */
export function appliesTo(rule: Rule, identity: Identity): boolean {
  const kindFits =
    rule.kind === identity.kind || (identity.kind === 'agent' && rule.allow.has('agents'))
  return kindFits && identity.guards.every((guard) => rule.allow.has(guard))
}

function holds(test: ClaimTest, claims: Claims, claim: string): boolean {
  const value = claims.get(claim)
  if (value === undefined) return false
  switch (test.operator) {
    case 'exact':
      return value === test.value
    case 'any_of':
      return test.values.has(value)
  }
}
