import type { Roles } from '../core/role.ts'
import { checkGrant } from './check-grant.ts'
import { checkMatch } from './check-match.ts'
import { checkRoles } from './check-roles.ts'
import { checkRule } from './check-rule.ts'
import { compileDenial, compileRule } from './compile-policy.ts'
import { didYouMean } from './did-you-mean.ts'
import type { ClaimUse, KnownIssuer } from './known-issuer.ts'
import { applyAllowances } from './lint/allowances.ts'
import { lintPolicy } from './lint/lint-policy.ts'
import type { PlacedDenial, PlacedRule } from './lint/placed.ts'
import { sections, type PolicyFile, type SectionName } from './policy-shape.ts'
import type { PlacedProblem } from './problem.ts'
import { createReport, type Report } from './report.ts'
import type { YamlFile } from './yaml-file.ts'

interface Context {
  readonly yaml: YamlFile
  readonly content: PolicyFile
  readonly issuers: readonly KnownIssuer[]
  readonly roles: Roles
  readonly report: Report
  /** Runs checks, and says whether they found no error. */
  readonly passes: (checks: () => void) => boolean
}

/**
 * Checks what the shape of a policy file cannot say: names that must be unique, known, or pinned, and
 * what loads but is likely not meant. Warnings are only about rules without an error.
 */
export function checkPolicy(
  yaml: YamlFile,
  content: PolicyFile,
  issuers: readonly KnownIssuer[],
): PlacedProblem[] {
  const { problems, report } = createReport(yaml)
  const roles = checkRoles(content, report)
  const passes = (checks: () => void) => {
    const before = problems.length
    checks()
    return problems.slice(before).every(({ severity }) => severity === 'warning')
  }
  const context: Context = { yaml, content, issuers, roles, report, passes }
  checkNames(content, report)
  const rules = checkRules(context)
  const denials = checkDenials(context)
  lintPolicy({ content, rules, denials }, report)
  return applyAllowances(yaml, problems).toSorted(byPlace)
}

function byPlace(a: PlacedProblem, b: PlacedProblem): number {
  return a.line - b.line || a.column - b.column
}

function checkNames(content: PolicyFile, report: Report): void {
  const names = new Set<string>()
  for (const section of [...sections.map(([name]) => name), 'denials'] as const) {
    for (const [index, { name }] of content[section].entries()) {
      const message = 'is the name of an earlier rule; give each its own'
      if (names.has(name)) report('name-duplicate', [section, index, 'name'], message)
      names.add(name)
    }
  }
}

/** The rules without an error, compiled. */
function checkRules({ yaml, content, issuers, roles, report, passes }: Context): PlacedRule[] {
  return sections.flatMap(([section, kind]) =>
    content[section].flatMap((entry, index): PlacedRule[] => {
      const path = [section, index]
      const isSound = passes(() => {
        const issuer = checkIssuer(entry.issuer, [...path, 'issuer'], issuers, report)
        const claims = claimsFor(section, issuer ? [issuer] : issuers)
        checkMatch({ yaml, match: entry.match, claims }, [...path, 'match'], report)
        checkRule({ rule: entry, section, issuer }, path, report)
        for (const [at, grant] of entry.grants.entries()) {
          checkGrant({ grant, rule: entry, section, roles }, [...path, 'grants', at], report)
        }
      })
      if (!isSound) return []
      const rule = compileRule(yaml, { entry, kind, roles, path })
      return [{ rule, path, allow: entry.allow }]
    }),
  )
}

/** The denials without an error, compiled. */
function checkDenials({ yaml, content, issuers, report, passes }: Context): PlacedDenial[] {
  return content.denials.flatMap((entry, index): PlacedDenial[] => {
    const path = ['denials', index]
    const isSound = passes(() => {
      const issuer =
        entry.issuer === undefined
          ? undefined
          : checkIssuer(entry.issuer, [...path, 'issuer'], issuers, report)
      const claims = claimsFor('denials', issuer ? [issuer] : issuers)
      checkMatch({ yaml, match: entry.match, claims }, [...path, 'match'], report)
    })
    return isSound ? [{ denial: compileDenial(yaml, entry, path), path }] : []
  })
}

function checkIssuer(
  name: string,
  path: readonly PropertyKey[],
  issuers: readonly KnownIssuer[],
  report: Report,
): KnownIssuer | undefined {
  const issuer = issuers.find((candidate) => candidate.name === name)
  if (issuer === undefined) {
    const names = issuers.map((candidate) => candidate.name)
    const known = didYouMean(name, names) || `known: ${names.join(', ')}`
    report('issuer-unknown', path, `is not an issuer in the service file; ${known}`)
  }
  return issuer
}

/** Every claim of those whom a section is about, as some of the issuers sign it. Denials are about everybody. */
function claimsFor(
  section: SectionName | 'denials',
  issuers: readonly KnownIssuer[],
): ReadonlyMap<string, ClaimUse> {
  const uses = issuers.flatMap(({ claims, people }): (readonly [string, ClaimUse])[] => {
    if (section === 'people') return [...people]
    if (section !== 'denials') return [...claims]
    // What one of the two ignores can be tested where the other has it.
    return [...people, ...claims, ...[...people].filter(([, use]) => use !== 'ignored')]
  })
  return new Map(uses)
}
