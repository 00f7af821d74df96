import { checkPolicy } from '../../src/config/check-policy.ts'
import type { ClaimUse, KnownIssuer } from '../../src/config/known-issuer.ts'
import { policyShape } from '../../src/config/policy-shape.ts'
import { formatProblem, type Problem } from '../../src/config/problem.ts'
import { gitlabClaims, gitlabPersonClaims } from '../../src/identify/claims/gitlab.ts'
import { contentOf } from './config-text.ts'

const claims: ReadonlyMap<string, ClaimUse> = new Map(
  [...gitlabClaims].map(([name, { set }]) => [name, set]),
)

const people: ReadonlyMap<string, ClaimUse> = new Map(
  [...gitlabPersonClaims].map(([name, { set, as }]) => [as ?? name, set]),
)

/** An issuer of one's own, and one that strangers have tokens of too. */
const issuers: readonly KnownIssuer[] = [
  { name: 'own', shared: false, claims, people },
  { name: 'shared', shared: true, claims, people },
]

/** The problems of a policy whose shape is fine. The file is called `f`. */
export function policyProblems(text: string): readonly Problem[] {
  const { yaml, content } = contentOf(text, policyShape)
  return checkPolicy(yaml, content, issuers)
}

/** The same as a person reads them, one a line; of one code, if one is given. */
export function policyLines(text: string, code?: string): string[] {
  return policyProblems(text)
    .filter((problem) => code === undefined || problem.code === code)
    .map(formatProblem)
}

/** What a test varies of a rule, as YAML in flow style. */
interface RuleParts {
  readonly section?: 'machines' | 'people' | 'agents'
  readonly issuer?: string
  /** The tests on line 5, beginning in column 14. */
  readonly match?: string
  /** The grants on line 7, beginning in column 14. */
  readonly grants?: string
  readonly allow?: string
  /** Whatever comes below the rule, from line 8. */
  readonly below?: string
}

/** A policy of one rule that is fine, unless its parts are not. */
export function policyOf(parts: RuleParts): string {
  return `version: 1
${parts.section ?? 'machines'}:
  - name: first
    issuer: ${parts.issuer ?? 'own'}
    match: { ${parts.match ?? matchOf(parts)} }
    allow: [${parts.allow ?? ''}]
    grants: [${parts.grants ?? '{ namespace: payments, role: viewer }'}]
${parts.below ?? ''}`
}

function matchOf({ section }: RuleParts): string {
  return section === 'people' ? 'user_id: 1' : 'project_id: 1, ref_protected: true'
}
