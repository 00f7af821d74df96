import { claimsNamedIn, narrowedFields } from '../core/grant.ts'
import { verbsIn, type Roles } from '../core/role.ts'
import { roleHint } from './check-roles.ts'
import type { GrantEntry, RuleEntry, SectionName } from './policy-shape.ts'
import type { Report } from './report.ts'

type Path = readonly PropertyKey[]

interface GrantParts {
  readonly grant: GrantEntry
  readonly rule: RuleEntry
  readonly section: SectionName
  readonly roles: Roles
}

/** Checks what a grant is over, that its role means something there, and what its namespace names. */
export function checkGrant(parts: GrantParts, path: Path, report: Report): void {
  const { grant, rule, section, roles } = parts
  const scopes = [grant.namespace, grant.cluster, grant.audit].filter(
    (scope) => scope !== undefined,
  )
  if (scopes.length !== 1) {
    report('grant-scope', path, 'needs exactly one of namespace, cluster: true and audit: review')
    return
  }
  if (grant.audit !== undefined) {
    if (section !== 'people') {
      report('grant-section', [...path, 'audit'], 'is for people only; move the rule there')
    }
    for (const field of ['role', ...narrowedFields] as const) {
      if (grant[field] === undefined) continue
      report('grant-scope', [...path, field], 'means nothing beside audit; leave it out', 'key')
    }
    return
  }
  checkRole(grant, roles, path, report)
  checkNamespace(grant.namespace ?? '', rule, path, report)
  if (grant.cluster === undefined) return
  for (const field of narrowedFields.filter((candidate) => grant[candidate] !== undefined)) {
    const message = 'narrows nothing on the cluster; leave it out'
    report('narrowing-useless', [...path, field], message, 'key')
  }
}

function checkRole(grant: GrantEntry, roles: Roles, path: Path, report: Report): void {
  if (grant.role === undefined) {
    report('key-missing', [...path, 'role'], 'is missing; write a role such as viewer')
    return
  }
  const verbs = roles.get(grant.role)
  if (verbs === undefined) {
    report('role-unknown', [...path, 'role'], `is not a role; ${roleHint(grant.role, roles)}`)
    return
  }
  const scope = grant.cluster ? 'cluster' : 'namespace'
  if (verbsIn(scope, verbs).size > 0) return
  const instead = grant.cluster
    ? 'write viewer or admin, or name a namespace'
    : 'write cluster: true'
  report('grant-empty', [...path, 'role'], `means nothing over a ${scope}; ${instead}`)
}

/** Only a claim that the same rule limits to exact values may choose the namespace. */
function checkNamespace(namespace: string, rule: RuleEntry, path: Path, report: Report): void {
  const here = [...path, 'namespace']
  for (const claim of claimsNamedIn(namespace)) {
    const test = Object.hasOwn(rule.match, claim) ? rule.match[claim] : undefined
    if (test !== undefined && (typeof test !== 'object' || test.any_of !== undefined)) continue
    const fix = `add ${claim} with its values to match, or write the namespace out`
    report('namespace-unpinned', here, `names {${claim}}, which this rule does not pin; ${fix}`)
  }
  if (!/[*]|\{(?![a-z0-9_]+\})/.test(namespace)) return
  const fix = 'write one namespace, or {claim} for a claim that this rule pins'
  report('namespace-pattern', here, `is no pattern; ${fix}`)
}
