import { pinnedValues } from '../../core/claim-test.ts'
import type { GrantTerms } from '../../core/grant.ts'
import type { Identity } from '../../core/identity.ts'
import type { Pattern } from '../../core/pattern.ts'
import { createRuleIndex } from '../../core/rule-index.ts'
import type { Denial, Match, Rule } from '../../core/rule.ts'
import type { Report } from '../report.ts'
import { covers, coversAmong, listClaims } from './covers.ts'
import type { PlacedDenial, PlacedRule } from './placed.ts'

/** Warns of rules that another one makes superfluous, and of those that a denial makes void. */
export function lintOverlaps(
  rules: readonly PlacedRule[],
  denials: readonly PlacedDenial[],
  report: Report,
): void {
  const order = new Map(rules.map(({ rule }, index) => [rule, index]))
  const rulesFor = createRuleIndex(rules.map(({ rule }) => rule))
  const denialsFor = createRuleIndex(denials.map(({ denial }) => denial))
  for (const { rule, path } of rules) {
    const specimen = specimenOf(rule)
    const here = [...path, 'name']
    const denial = denialsFor(specimen).find((candidate) =>
      matchCovers(candidate.match, rule.match),
    )
    if (denial) {
      const why = `grants nothing: whomever it matches, ${denial.name} denies`
      report('rule-denied', here, `${why}; take one of the two out, or make the denial narrower`)
      continue
    }
    const isLater = (other: Rule) => Number(order.get(other)) > Number(order.get(rule))
    const shadow = rulesFor(specimen).find(
      // Of two rules that say the same, the first stays.
      (other) =>
        other !== rule && ruleCovers(other, rule) && !(isLater(other) && ruleCovers(rule, other)),
    )
    if (!shadow) continue
    const why = `adds nothing to ${shadow.name}, which gives the same identities as much or more`
    report('rule-shadowed', here, `${why}; take it out, or make the other narrower`)
  }
}

/**
 * An identity with one of the values for each claim that a rule pins. What covers the rule must match all
 * those values, so the index finds it by any one of them.
 */
function specimenOf({ issuer, match, kind }: Rule): Identity {
  const claims = [...match].flatMap(([claim, test]): [string, string][] => {
    const [value] = pinnedValues(test) ?? []
    return value === undefined ? [] : [[claim, value]]
  })
  return {
    issuer,
    kind,
    claims: new Map(claims),
    subject: '',
    principal: '',
    guards: [],
    tokenDigest: '',
    expiresAt: 0,
    staleKeys: false,
  }
}

function ruleCovers(wider: Rule, narrower: Rule): boolean {
  return (
    wider.kind === narrower.kind &&
    [...narrower.allow].every((guard) => wider.allow.has(guard)) &&
    matchCovers(wider.match, narrower.match) &&
    narrower.grants.every((inner) => wider.grants.some((outer) => grantCovers(outer, inner)))
  )
}

/** Whether every identity of the narrower match is one of the wider. The issuer is the index's business. */
function matchCovers(wider: Denial['match'], narrower: Match): boolean {
  return [...wider].every(([claim, test]) => {
    const other = narrower.get(claim)
    const does = listClaims.has(claim) ? coversAmong : covers
    return other !== undefined && does(test, other)
  })
}

/**
 * Whether a grant allows every need that another does. With other narrowed fields it does not, even with
 * fewer: a request that has none of the fields is outside, and a field that it has must match.
 */
function grantCovers(wider: GrantTerms, narrower: GrantTerms): boolean {
  if (JSON.stringify(wider.over) !== JSON.stringify(narrower.over)) return false
  if (![...narrower.verbs].every((verb) => wider.verbs.has(verb))) return false
  if (wider.narrowing.size === 0) return true
  if (wider.narrowing.size !== narrower.narrowing.size) return false
  return [...wider.narrowing].every(([field, patterns]) =>
    narrower.narrowing
      .get(field)
      ?.every((inner) => patterns.some((outer) => patternCovers(outer, inner))),
  )
}

function patternCovers(wider: Pattern, narrower: Pattern): boolean {
  if (wider.text === narrower.text) return true
  if (!narrower.text.includes('*')) return wider.matches(narrower.text)
  const prefix = wider.text.slice(0, -1)
  const literal = narrower.text.slice(0, narrower.text.indexOf('*'))
  return wider.text.endsWith('*') && !prefix.includes('*') && literal.startsWith(prefix)
}
