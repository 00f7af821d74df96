import type { Coverage, PolicyPart } from '../core/coverage.ts'
import type { Decision } from '../core/decision.ts'
import type { Expectation } from '../core/policy-test.ts'

/** What a test says must come of a call, in words. */
export function formatExpectation(expected: Expectation): string {
  if (expected.outcome === 'refused') return `refused with ${expected.code}`
  return expected.rule === undefined ? 'allowed' : `allowed by the rule ${expected.rule}`
}

/** What came of a call, in words. */
export function formatDecision(decision: Decision): string {
  if (!decision.allowed) return `refused with ${decision.refusal.code}`
  return decision.terms ? `allowed by the rule ${decision.terms.rule}` : 'allowed'
}

/** A part of a policy, in words. */
export function formatPart(part: PolicyPart): string {
  if (part.kind === 'grant') return `grant ${part.grant} of the rule ${part.name}`
  return `the ${part.kind} ${part.name}`
}

/** How much of the policy the tests were decided by, in words. */
export function formatCoverage({ total, covered, uncovered }: Coverage): string {
  const summary = `${covered} of ${total} rules, grants and denials decided a test`
  if (uncovered.length === 0) return summary
  return `${summary}; no test was decided by ${uncovered.map(formatPart).join(', ')}`
}
