import type { Call, Need } from './call.ts'
import { formatTest, type ClaimTest } from './claim-test.ts'
import { decide, type Decision } from './decision.ts'
import { namespaceOf, shortfall, type GrantTerms, type Shortfall } from './grant.ts'
import type { GuardName } from './guard.ts'
import type { Identity } from './identity.ts'
import type { Policy } from './policy.ts'
import { appliesTo, holdsFor, isOfSection, matches, type Denial, type Rule } from './rule.ts'

/** One test of a rule, and what the identity has to show for it. */
export interface TestExplanation {
  readonly claim: string
  readonly test: ClaimTest
  /** The test as the policy file has it. */
  readonly wanted: string
  /** Absent where the token does not carry the claim. */
  readonly value: string | undefined
  readonly holds: boolean
}

/** What one grant of a rule lacks for one need of the call. */
export interface GrantExplanation {
  readonly terms: GrantTerms
  /** The namespace that the grant comes to for this identity. */
  readonly namespace: string | undefined
  /** In the order of the call's needs; undefined where the grant is enough. */
  readonly shortfalls: readonly (Shortfall | undefined)[]
}

/** What one rule made of an identity and a call. */
export interface RuleExplanation {
  readonly name: string
  readonly rule: Rule
  readonly isOfIssuer: boolean
  /** Whether the rule's section is for identities of this kind. */
  readonly isOfSection: boolean
  readonly tests: readonly TestExplanation[]
  /** Guards that the identity trips and that the rule does not allow. */
  readonly guards: readonly GuardName[]
  /** Whether the rule's grants count for the identity at all. */
  readonly applies: boolean
  /** In the order of the rule's grants. */
  readonly grants: readonly GrantExplanation[]
  /** How far the rule is from granting the call; 0 where it does. */
  readonly distance: number
}

/** A denial, and its tests of the identity. */
export interface DenialExplanation {
  readonly name: string
  readonly tests: readonly TestExplanation[]
}

/** Why a call is allowed or refused: the decision itself, and what each rule made of it. */
export interface Explanation {
  readonly decision: Decision
  readonly needs: readonly Need[]
  /** The terms that cover each need, in the order of the needs; undefined where none do. */
  readonly coverage: readonly (GrantTerms | undefined)[]
  /** The denials that match. */
  readonly denials: readonly DenialExplanation[]
  /** The nearest to granting the call first. */
  readonly rules: readonly RuleExplanation[]
}

/** Explains what {@link decide} decides, by the very tests that it uses. */
export function explain(policy: Policy, identity: Identity, call: Call): Explanation {
  const rules = policy.rules.map((rule) => explainRule(rule, identity, call.needs))
  const grants = rules.filter(({ applies }) => applies).flatMap((rule) => rule.grants)
  return {
    decision: decide(policy, identity, call),
    needs: call.needs,
    coverage: call.needs.map(
      (_, at) => grants.find(({ shortfalls }) => shortfalls[at] === undefined)?.terms,
    ),
    denials: policy.denials
      .filter((denial) => matches(denial, identity))
      .map((denial) => ({ name: denial.name, tests: explainTests(denial, identity) })),
    rules: rules.toSorted((a, b) => a.distance - b.distance),
  }
}

function explainRule(rule: Rule, identity: Identity, needs: readonly Need[]): RuleExplanation {
  const partial = {
    name: rule.name,
    rule,
    isOfIssuer: rule.issuer === identity.issuer,
    isOfSection: isOfSection(rule, identity),
    tests: explainTests(rule, identity),
    guards: identity.guards.filter((guard) => !rule.allow.has(guard)),
    applies: matches(rule, identity) && appliesTo(rule, identity),
    grants: rule.grants.map((terms): GrantExplanation => ({
      terms,
      namespace: namespaceOf(terms, identity.claims),
      shortfalls: needs.map((need) => shortfall(terms, need, identity.claims)),
    })),
  }
  return { ...partial, distance: distanceOf(partial, needs.length) }
}

/** Claims that say whose job it is. Every other claim says what kind of run it is. */
export const ownerClaims: ReadonlySet<string> = new Set([
  'project_id',
  'project_path',
  'namespace_id',
  'namespace_path',
  'job_project_id',
  'job_project_path',
  'job_namespace_id',
  'job_namespace_path',
])

/** What keeps a rule from being meant at all weighs more than what keeps it from being enough. */
const weights = {
  otherIssuer: 100,
  otherSection: 50,
  otherOwner: 10,
  otherNamespace: 3,
  otherVerb: 2,
  fault: 1,
}

function distanceOf(rule: Omit<RuleExplanation, 'distance'>, needCount: number): number {
  const failed = rule.tests.filter((test) => !test.holds)
  const isOfOther = failed.some(({ claim }) => ownerClaims.has(claim))
  const needs = Array.from({ length: needCount }, (_, at) => {
    const faults = rule.grants.map(({ shortfalls }) => {
      const short = shortfalls[at]
      if (short === undefined) return 0
      if (short.kind === 'scope') return weights.otherNamespace
      return short.kind === 'verb' ? weights.otherVerb : weights.fault
    })
    return Math.min(weights.otherNamespace, ...faults)
  })
  return (
    needs.reduce((total, need) => total + need, 0) +
    (failed.length + rule.guards.length) * weights.fault +
    (isOfOther ? weights.otherOwner : 0) +
    (rule.isOfIssuer ? 0 : weights.otherIssuer) +
    (rule.isOfSection ? 0 : weights.otherSection)
  )
}

function explainTests({ match }: Pick<Denial, 'match'>, identity: Identity): TestExplanation[] {
  return [...match].map(([claim, test]) => {
    const value = identity.lists?.get(claim)?.join(', ') ?? identity.claims.get(claim)
    const isHolding = holdsFor(test, claim, identity)
    return { claim, test, wanted: formatTest(test), value, holds: isHolding }
  })
}
