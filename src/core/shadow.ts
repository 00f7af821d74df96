import type { Call } from './call.ts'
import { decide, type Decision } from './decision.ts'
import type { Identity } from './identity.ts'
import type { Policy } from './policy.ts'
import { isRefusal, type Refusal, type RefusalCode } from './refusal.ts'

/** How a candidate policy decides on a call, where that is not how the policy in force does. Never enforced. */
export interface ShadowDecision {
  readonly outcome: 'allowed' | 'refused'
  /** Why it refuses; absent where it allows. */
  readonly code: RefusalCode | undefined
  /** The rule by which it allows; absent where it refuses. */
  readonly rule: string | undefined
  /** Of the candidate. */
  readonly policyHash: string
}

/** A decision in one word: `allowed`, or the code of its refusal. */
export function verdictOf(decision: Decision): 'allowed' | RefusalCode {
  return decision.allowed ? 'allowed' : decision.refusal.code
}

/**
 * What a candidate policy makes of a call that was decided on, or undefined where it comes to the same.
 * Allowing by another rule is the same: rules may be renamed and split.
 */
export function shadowDecision(
  candidate: Policy,
  identity: Identity | Refusal,
  call: Call | Refusal,
  decision: Decision,
): ShadowDecision | undefined {
  // No policy is asked about these.
  if (isRefusal(identity) || isRefusal(call)) return undefined
  const other = decide(candidate, identity, call)
  if (verdictOf(other) === verdictOf(decision)) return undefined
  return {
    outcome: other.allowed ? 'allowed' : 'refused',
    code: other.allowed ? undefined : other.refusal.code,
    rule: other.terms?.rule,
    policyHash: candidate.hash,
  }
}
