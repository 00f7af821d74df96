import type { Call, Need } from './call.ts'
import { shortfall, type GrantTerms } from './grant.ts'
import { guardRefusal } from './guard.ts'
import type { Claims, Identity } from './identity.ts'
import type { Policy } from './policy.ts'
import { isRefusal, refusal, type Refusal } from './refusal.ts'
import { appliesTo, matches, type Rule } from './rule.ts'

let issue: (call: Call) => Grant

/**
 * Proof that one call was decided on and allowed. Whatever forwards takes it, and nothing outside
 * this module can make one: forwarding without a decision does not compile.
 */
export class Grant {
  readonly #call: Call

  private constructor(call: Call) {
    this.#call = call
  }

  /** Whether this is the grant of this very call, and not of another one. */
  isFor(call: Call): boolean {
    return this.#call === call
  }

  static {
    issue = (call) => new Grant(call)
  }
}

/** The rules whose tests held, whether or not they were enough, and the terms that decided. */
interface Reasons {
  readonly rules: readonly string[]
  /** The terms that cover the call's first need; absent where none was needed, or none covers. */
  readonly terms: GrantTerms | undefined
}

export type Decision =
  | ({ readonly allowed: true; readonly grant: Grant; readonly call: Call } & Reasons)
  | ({ readonly allowed: false; readonly refusal: Refusal } & Reasons)

/**
 * Decides on a call: pure and total. A refusal that comes in goes out as a denial, and so does an
 * identity that a denial of the policy matches. Otherwise each need of the call must be covered by the
 * terms of some rule that applies to the identity.
 */
export function decide(
  policy: Policy,
  identity: Identity | Refusal,
  call: Call | Refusal,
): Decision {
  if (isRefusal(identity)) return denied(identity)
  if (isRefusal(call)) return denied(call)
  const denial = policy.denialsFor(identity).find((candidate) => matches(candidate, identity))
  if (denial) return denied(refusal('denied_by_rule', `the denial ${denial.name} matches`))
  const [objection] = call.objections
  const matching = policy.rulesFor(identity).filter((rule) => matches(rule, identity))
  const rules = matching.map((rule) => rule.name)
  if (objection) return denied(refusal(objection.code, objection.detail), rules)
  const applying = matching.filter((rule) => appliesTo(rule, identity))
  let first: GrantTerms | undefined
  for (const need of call.needs) {
    const terms = termsFor(need, applying, identity.claims)
    if (terms === undefined) return denied(notGranted(identity, applying, need), rules)
    first ??= terms
  }
  return { allowed: true, grant: issue(call), call, rules, terms: first }
}

function termsFor(need: Need, rules: readonly Rule[], claims: Claims): GrantTerms | undefined {
  for (const rule of rules) {
    const terms = rule.grants.find((offer) => shortfall(offer, need, claims) === undefined)
    if (terms) return terms
  }
  return undefined
}

/** Where no rule applies, a tripped guard is the better reason: rules that look right fail by it. */
function notGranted(identity: Identity, applying: readonly Rule[], need: Need): Refusal {
  const wanted = `${need.verb} in ${need.namespace || 'the cluster'}`
  if (applying.length > 0) {
    return refusal('not_granted', `${wanted}: no rule that applies grants it`)
  }
  const [guard] = identity.guards
  if (guard) return refusal(guardRefusal(guard), `${wanted}: the guard ${guard} is tripped`)
  return refusal('not_granted', `${wanted}: no rule applies to the identity`)
}

function denied(reason: Refusal, rules: readonly string[] = []): Decision {
  return { allowed: false, refusal: reason, rules, terms: undefined }
}
