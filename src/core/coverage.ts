import type { Explanation } from './explanation.ts'
import type { Policy } from './policy.ts'
import type { Rule } from './rule.ts'

/** A part of a policy that decides on calls. */
export type PolicyPart =
  | { readonly kind: 'rule'; readonly name: string }
  /** `grant` counts from 1. */
  | { readonly kind: 'grant'; readonly name: string; readonly grant: number }
  | { readonly kind: 'denial'; readonly name: string }

/** How much of a policy some calls were decided by. */
export interface Coverage {
  readonly total: number
  readonly covered: number
  /** In the order of the file. */
  readonly uncovered: readonly PolicyPart[]
}

/**
 * Which rules, grants and denials calls were decided by. A call that needs several things is decided by
 * all the grants that cover them. Grants of the audit review count for nothing: no call needs one.
 */
export function coverageOf(policy: Policy, explanations: readonly Explanation[]): Coverage {
  const grants = new Set(
    explanations.flatMap(({ decision, coverage }) => (decision.allowed ? coverage : [])),
  )
  const denials = new Set(explanations.map((explanation) => explanation.denials[0]?.name))
  const parts: readonly Part[] = [
    ...policy.rules.flatMap((rule) => partsOf(rule, grants)),
    ...policy.denials.map(({ name }): Part => ({
      part: { kind: 'denial', name },
      isCovered: denials.has(name),
    })),
  ]
  const uncovered = parts.filter(({ isCovered }) => !isCovered).map(({ part }) => part)
  return { total: parts.length, covered: parts.length - uncovered.length, uncovered }
}

interface Part {
  readonly part: PolicyPart
  readonly isCovered: boolean
}

/** A rule with one grant is one part: to say the same twice helps nobody. */
function partsOf({ name, grants }: Rule, covered: ReadonlySet<unknown>): Part[] {
  const counted = grants.flatMap((terms, index) =>
    'audit' in terms.over ? [] : [{ terms, grant: index + 1 }],
  )
  return counted.map(({ terms, grant }) => ({
    part: counted.length === 1 ? { kind: 'rule', name } : { kind: 'grant', name, grant },
    isCovered: covered.has(terms),
  }))
}
