import type { Need } from '../core/call.ts'
import type { Shortfall } from '../core/grant.ts'
import type { Expectation } from '../core/policy-test.ts'
import type { Explanation, RuleExplanation, TestExplanation } from '../core/explanation.ts'

/**
 * Why a call came out as it did, in one sentence: what decided, or what the rule lacks that was expected
 * to allow it. Where none was named, that is the rule which comes nearest.
 */
export function reasonOf(explanation: Explanation, expected?: Expectation): string {
  const { decision, denials, rules, needs } = explanation
  if (decision.allowed) {
    const { terms } = decision
    return terms
      ? `the rule ${terms.rule} grants it with the role ${terms.role}`
      : 'every verified caller may ask this'
  }
  const [denial] = denials
  if (denial) {
    return `the denial ${denial.name} matches: ${denial.tests.map(formatValue).join(', ')}`
  }
  const { code, detail } = decision.refusal
  if (code !== 'not_granted' && !code.startsWith('guard_')) return detail
  const wanted = expected?.outcome === 'allowed' ? expected.rule : undefined
  const named = rules.find(({ name }) => name === wanted)
  if (named) return `the rule ${named.name} does not: ${missOf(named, needs)}`
  const [nearest] = rules
  return nearest ? `nearest is the rule ${nearest.name}: ${missOf(nearest, needs)}` : detail
}

function missOf(rule: RuleExplanation, needs: readonly Need[]): string {
  const misses = [
    ...(rule.isOfIssuer ? [] : ['it is for another issuer']),
    ...(rule.isOfSection ? [] : ['it is for another kind of identity']),
    ...rule.tests.filter((test) => !test.holds).map(formatMiss),
    ...rule.guards.map((guard) => `the guard ${guard} is tripped`),
    ...needs.flatMap((need, at) => shortfallOf(rule, need, at)),
  ]
  return misses.join('; ')
}

/** What the best grant lacks for a need: one that fails late is nearer than one that fails early. */
function shortfallOf({ grants }: RuleExplanation, need: Need, at: number): string[] {
  const shortfalls = grants.map(({ shortfalls }) => shortfalls[at])
  const lacking = shortfalls.filter((shortfall) => shortfall !== undefined)
  if (lacking.length < shortfalls.length) return []
  return lacking
    .toSorted((a, b) => nearness[a.kind] - nearness[b.kind])
    .slice(0, 1)
    .map((nearest) => formatShortfall(nearest, need))
}

const nearness: Readonly<Record<Shortfall['kind'], number>> = {
  narrowing: 0,
  outside: 1,
  verb: 2,
  scope: 3,
}

function formatShortfall(shortfall: Shortfall, { verb, namespace }: Need): string {
  switch (shortfall.kind) {
    case 'scope':
      return namespace === ''
        ? `no grant of it is over the cluster, for ${verb}`
        : `no grant of it is over the namespace ${namespace}`
    case 'verb':
      return `no role of it has the verb ${verb}`
    case 'narrowing':
      return `${shortfall.field} does not have ${shortfall.value || 'an empty value'}`
    case 'outside':
      return `its narrowing leaves out requests that have none of its fields, for ${verb}`
  }
}

function formatMiss(test: TestExplanation): string {
  const value = test.value === undefined ? 'the token has none' : `the token has ${test.value}`
  return `${test.claim} must be ${test.wanted}, ${value}`
}

function formatValue({ claim, value }: TestExplanation): string {
  return value === undefined ? `no ${claim}` : `${claim} ${value}`
}
