import type { Identity } from './identity.ts'
import type { Policy } from './policy.ts'
import { refusal, type Refusal } from './refusal.ts'
import { appliesTo, matches } from './rule.ts'

/** Whether somebody may review the audit stream: by which rule, or why not. */
export type ReviewAuthority =
  | { readonly allowed: true; readonly rule: string }
  | { readonly allowed: false; readonly refusal: Refusal }

/**
 * Whether an identity may review the audit stream under a policy: pure and total, and by the same rules
 * as calls are decided. Only people ever may, a denial beats every grant, and guards count.
 */
export function mayReview(policy: Policy, identity: Identity): ReviewAuthority {
  if (identity.kind !== 'person') {
    return denied(
      refusal('not_granted', `only people review, and this is of kind ${identity.kind}`),
    )
  }
  const denial = policy.denialsFor(identity).find((candidate) => matches(candidate, identity))
  if (denial) return denied(refusal('denied_by_rule', `the denial ${denial.name} matches`))
  const rule = policy
    .rulesFor(identity)
    .filter(({ grants }) => grants.some(({ over }) => 'audit' in over))
    .find((candidate) => matches(candidate, identity) && appliesTo(candidate, identity))
  if (rule) return { allowed: true, rule: rule.name }
  return denied(refusal('not_granted', 'no rule that applies grants audit: review'))
}

function denied(reason: Refusal): ReviewAuthority {
  return { allowed: false, refusal: reason }
}
