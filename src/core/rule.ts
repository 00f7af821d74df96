import { holds, holdsAmong, type ClaimTest } from './claim-test.ts'
import type { GrantTerms } from './grant.ts'
import type { GuardName } from './guard.ts'
import type { Identity, IdentityKind } from './identity.ts'

/** Who is meant: tests of claims, all of which must hold. Never empty: what matches everybody does not load. */
export type Match = ReadonlyMap<string, ClaimTest>

/** Identities like *this* get *that*. */
export interface Rule {
  readonly name: string
  readonly issuer: string
  /** The kind that the rule's section is for. */
  readonly kind: IdentityKind
  readonly match: Match
  /** Guards that the rule turns off for the identities that it matches. */
  readonly allow: ReadonlySet<GuardName>
  readonly grants: readonly GrantTerms[]
}

/** Identities like this get nothing, whatever any rule says. */
export interface Denial {
  readonly name: string
  /** Absent where identities of every issuer are meant. */
  readonly issuer: string | undefined
  readonly match: Match
}

/** Whether all tests hold, guards and sections left aside. */
export function matches(
  { issuer, match }: Pick<Denial, 'issuer' | 'match'>,
  identity: Identity,
): boolean {
  if ((issuer !== undefined && issuer !== identity.issuer) || match.size === 0) return false
  for (const [claim, test] of match) {
    if (!holdsFor(test, claim, identity)) return false
  }
  return true
}

/** Whether a test of a claim holds for an identity, whether the claim has one value or several. */
export function holdsFor(
  test: ClaimTest,
  claim: string,
  { claims, lists }: Pick<Identity, 'claims' | 'lists'>,
): boolean {
  const values = lists?.get(claim)
  return values === undefined ? holds(test, claims.get(claim)) : holdsAmong(test, values)
}

/** Whether the rule is meant for identities of this kind, and for those that trip these guards. */
export function appliesTo(rule: Rule, identity: Identity): boolean {
  return isOfSection(rule, identity) && identity.guards.every((guard) => rule.allow.has(guard))
}

/** An agent that holds a CI job's token is also a machine, for rules that allow agents by name. */
export function isOfSection(rule: Rule, identity: Identity): boolean {
  if (rule.kind === identity.kind) return true
  return rule.kind === 'machine' && identity.kind === 'agent' && rule.allow.has('agents')
}
