import { narrowedFields } from '../core/grant.ts'
import { verbsOf } from '../core/role.ts'
import { claimText } from './compile-policy.ts'
import { didYouMean } from './did-you-mean.ts'
import { formatPath } from './check-shape.ts'
import type { GrantEntry, PolicyFile, RuleEntry } from './policy-shape.ts'
import type { Problem } from './problem.ts'
import type { IssuerSettings } from './settings.ts'
import type { YamlFile } from './yaml-file.ts'

/** What is known of an issuer when a policy is checked. */
export type KnownIssuer = Pick<IssuerSettings, 'name' | 'shared'> & {
  /** Names of the claims that its tokens carry and that rules may test. */
  readonly claims: readonly string[]
}

/** Reports a problem of the value at a path, unless it is somewhere else, such as at the key. */
type Report = (path: readonly PropertyKey[], message: string, place?: YamlFile['at']) => void

/** Claims that name a tenant and that nobody else can ever have. Not `job_*`, which a fork shares with its parent. */
const tenantClaims: ReadonlySet<string> = new Set(['project_id', 'namespace_id'])

/** Checks what the shape of a policy file cannot say: names that must be unique, known, or pinned. */
export function checkPolicy(
  yaml: YamlFile,
  content: PolicyFile,
  issuers: readonly KnownIssuer[],
): Problem[] {
  const problems: Problem[] = []
  const report: Report = (path, message, place = yaml.at) =>
    problems.push({ file: yaml.file, ...place(path), path: formatPath(path), message })
  const seen = new Set<string>()
  content.machines.forEach((rule, index) => {
    const path = ['machines', index]
    if (seen.has(rule.name)) {
      report([...path, 'name'], 'is the name of an earlier rule; give each rule its own')
    }
    seen.add(rule.name)
    checkIssuer(yaml, rule, path, issuers, report)
    checkMatch(yaml, rule, path, report)
    rule.grants.forEach((grant, at) => checkGrant(grant, [...path, 'grants', at], report))
  })
  return problems
}

function checkIssuer(
  yaml: YamlFile,
  rule: RuleEntry,
  path: readonly PropertyKey[],
  issuers: readonly KnownIssuer[],
  report: Report,
): void {
  const names = issuers.map((issuer) => issuer.name)
  const issuer = issuers.find((candidate) => candidate.name === rule.issuer)
  if (issuer === undefined) {
    const hint = didYouMean(rule.issuer, names) || `known: ${names.join(', ')}`
    report([...path, 'issuer'], `is not an issuer in the service file; ${hint}`)
    return
  }
  const claims = Object.keys(rule.match)
  for (const claim of claims.filter((candidate) => !issuer.claims.includes(candidate))) {
    const hint = didYouMean(claim, issuer.claims) || `known: ${issuer.claims.join(', ')}`
    report([...path, 'match', claim], `is not a claim that rules can test; ${hint}`, yaml.atKey)
  }
  if (issuer.shared && !claims.some((claim) => tenantClaims.has(claim))) {
    const why = 'strangers have tokens of this issuer; pin project_id or namespace_id'
    report([...path, 'match'], `names no tenant; ${why}`)
  }
}

/** Values are taken literally in this version, so a pattern would silently match nothing. */
function checkMatch(
  yaml: YamlFile,
  rule: RuleEntry,
  path: readonly PropertyKey[],
  report: Report,
): void {
  for (const [claim, test] of Object.entries(rule.match)) {
    const here = [...path, 'match', claim]
    const values = typeof test === 'object' ? test.any_of : [test]
    values.forEach((value, index) => {
      const at = typeof test === 'object' ? [...here, 'any_of', index] : here
      const text = claimText(yaml, value, at)
      if (text === '') report(at, 'is empty; write the value that the claim must have')
      if (text.includes('*'))
        report(at, 'has a *, which is taken literally here; list the values in any_of')
    })
  }
}

function checkGrant(grant: GrantEntry, path: readonly PropertyKey[], report: Report): void {
  const isCluster = grant.cluster !== undefined
  if (isCluster === (grant.namespace !== undefined)) {
    report(path, 'needs either a namespace or cluster: true, not both')
    return
  }
  if (grant.namespace !== undefined && /[*{}]/.test(grant.namespace)) {
    report([...path, 'namespace'], 'is taken literally here; write one namespace, without * or {}')
  }
  if (!isCluster) return
  if (verbsOf(grant.role, 'cluster').size === 0) {
    report(
      [...path, 'role'],
      'means nothing on the cluster; write viewer or admin, or name a namespace',
    )
  }
  for (const field of narrowedFields.filter((candidate) => grant[candidate] !== undefined)) {
    report([...path, field], 'narrows nothing on the cluster; leave it out')
  }
}
