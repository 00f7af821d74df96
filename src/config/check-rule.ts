import type { KnownIssuer } from './known-issuer.ts'
import type { MatchEntry, RuleEntry, SectionName } from './policy-shape.ts'
import type { Report } from './report.ts'

type Path = readonly PropertyKey[]

/** Checks that a rule says whom it means: which tenant, more than a user, and a branch or a tag. */
export function checkRule(
  parts: {
    readonly rule: RuleEntry
    readonly section: SectionName
    readonly issuer: KnownIssuer | undefined
  },
  path: Path,
  report: Report,
): void {
  const { rule, section, issuer } = parts
  const { match } = rule
  const here = [...path, 'match']
  const limiting = Object.keys(match).filter((claim) => limits(match[claim]))
  const isOfJobs = section !== 'people'
  if (issuer?.shared && isOfJobs && !pinsTenant(match)) {
    const why = 'strangers have tokens of this issuer; pin project_id or namespace_id, or use under'
    report('tenant-unpinned', here, `names no tenant; ${why}`, 'key')
  }
  if (issuer?.shared && !isOfJobs && !limiting.some((claim) => personClaims.has(claim))) {
    const why =
      'strangers can log in with this issuer; pin user_id, or name a group in groups_direct'
    report('tenant-unpinned', here, `names nobody; ${why}`, 'key')
  }
  if (isOfJobs && limiting.every((claim) => claim.startsWith('user_')) && limiting.length > 0) {
    const why = 'which say who caused a job, in any project, not what runs; pin project_id too'
    report('user-only', here, `limits only user_* claims, ${why}`, 'key')
  }
  if (limiting.includes('ref') && !limiting.includes('ref_path') && !hasType(match)) {
    const why = 'branches and tags may have the same name; add ref_type: branch or ref_type: tag'
    report('ref-without-type', [...here, 'ref'], `needs ref_type beside it: ${why}`, 'key')
  }
}

/** Whether a test asks for something, rather than rule something out. */
function limits(test: MatchEntry[string] | undefined): boolean {
  if (typeof test !== 'object') return test !== undefined
  const { any_of, under, glob, semver } = test
  return [any_of, under, glob, semver].some((operand) => operand !== undefined)
}

function hasType({ ref_type: test }: MatchEntry): boolean {
  return limits(test) || (typeof test === 'object' && test.none_of !== undefined)
}

/** Claims that say which people are meant. */
const personClaims: ReadonlySet<string> = new Set(['user_id', 'user_login', 'groups_direct'])

/** Claims that name a tenant and that nobody else can ever have. Not `job_*`, which a fork shares with its parent. */
const tenantIds: ReadonlySet<string> = new Set(['project_id', 'namespace_id'])

/** Claims whose `under` limits a rule to a group. Under a ref or a login there is anybody. */
const tenantPaths: ReadonlySet<string> = new Set(['project_path', 'namespace_path'])

function pinsTenant(match: MatchEntry): boolean {
  return Object.entries(match).some(([claim, test]) => {
    if (typeof test !== 'object') return tenantIds.has(claim)
    if (test.any_of !== undefined && tenantIds.has(claim)) return true
    return test.under !== undefined && tenantPaths.has(claim)
  })
}
