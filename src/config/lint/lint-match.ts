import { holds, pinnedValues, type ClaimTest } from '../../core/claim-test.ts'
import type { Match } from '../../core/rule.ts'
import { writingVerbs } from '../../temporal/writing-verbs.ts'
import type { Report } from '../report.ts'
import { limits, listClaims } from './covers.ts'
import type { PlacedRule } from './placed.ts'

/** Warns of a rule that matches more, or other, jobs than its author will have thought of. */
export function lintMatch(placed: PlacedRule, report: Report): void {
  const { rule, path } = placed
  for (const [claim, test] of rule.match) {
    // Of several values, one may hold for one operator and another for the next.
    if (listClaims.has(claim) || !isImpossible(test)) continue
    const message =
      'has operators that exclude each other, so nothing matches; take one of them out'
    report('match-never', [...path, 'match', claim], message)
  }
  lintLabels(placed, report)
  if (rule.kind === 'person') lintPeople(placed, report)
  else lintProject(placed, report)
  if (rule.kind !== 'machine') return
  lintEnvironment(placed, report)
  lintWriting(placed, report)
}

function isImpossible(test: ClaimTest): boolean {
  const values = pinnedValues(test)
  if (values !== undefined) return values.every((value) => !holds(test, value))
  if (test.operator !== 'all_of') return false
  return limits(test) && test.tests.some((part) => part.operator === 'present' && !part.present)
}

const ownerClaims = ['project', 'namespace', 'job_project', 'job_namespace'].flatMap((owner) => [
  `${owner}_id`,
  `${owner}_path`,
])

function lintProject({ rule, path }: PlacedRule, report: Report): void {
  if (ownerClaims.some((claim) => limits(rule.match.get(claim)))) return
  const message = `is for every project of ${rule.issuer}; pin project_id or namespace_id`
  report('project-unnamed', [...path, 'match'], message, 'key')
}

function lintPeople({ rule, path }: PlacedRule, report: Report): void {
  if (['user_id', 'user_login', 'groups_direct'].some((claim) => limits(rule.match.get(claim)))) {
    return
  }
  const message = `is for everybody who can log in with ${rule.issuer}; pin user_id, or name a group in groups_direct`
  report('project-unnamed', [...path, 'match'], message, 'key')
}

/** Names that can change hands, and the ids of which one makes each safe. The last is the one to suggest first. */
const idsOfLabel: ReadonlyMap<string, readonly string[]> = new Map([
  ['project_path', ['namespace_id', 'project_id']],
  ['namespace_path', ['project_id', 'namespace_id']],
  ['job_project_path', ['project_id', 'namespace_id', 'job_namespace_id', 'job_project_id']],
  ['job_namespace_path', ['project_id', 'namespace_id', 'job_project_id', 'job_namespace_id']],
  ['source_project_path', ['source_namespace_id', 'source_project_id']],
  ['source_namespace_path', ['source_project_id', 'source_namespace_id']],
  ['user_login', ['user_id']],
])

function lintLabels({ rule, path }: PlacedRule, report: Report): void {
  for (const [label, ids] of idsOfLabel) {
    if (!limits(rule.match.get(label))) continue
    if (ids.some((id) => pinnedValues(rule.match.get(id)) !== undefined)) continue
    const why = 'can be given up and taken by somebody else'
    report('path-without-id', [...path, 'match', label], `${why}; pin ${ids.at(-1)} too`)
  }
}

function lintEnvironment({ rule, path }: PlacedRule, report: Report): void {
  if (isTrue(rule.match, 'environment_protected')) return
  for (const claim of ['environment', 'deployment_tier']) {
    if (!limits(rule.match.get(claim))) continue
    const why = 'is what the author of the job writes, unless it is protected'
    const fix = 'add environment_protected: true'
    report('environment-unprotected', [...path, 'match', claim], `${why}; ${fix}`, 'key')
  }
}

function lintWriting({ rule, path }: PlacedRule, report: Report): void {
  if (isProtected(rule.match)) return
  for (const [at, terms] of rule.grants.entries()) {
    const verbs = [...terms.verbs].filter((verb) => writingVerbs.has(verb))
    if (verbs.length === 0) continue
    const what = verbs.length > 4 ? `${verbs.slice(0, 4).join(', ')} and more` : verbs.join(', ')
    const why = `grants ${what} to jobs that anybody who can push may write`
    const fix = 'add ref_protected: true, or an environment with environment_protected: true'
    report('write-unprotected', [...path, 'grants', at, 'role'], `${why}; ${fix}`)
    // What mends one grant of a rule mends them all.
    return
  }
}

/** Whether only people whom the project's owners chose can have brought a job about that matches. */
export function isProtected(match: Match): boolean {
  return isTrue(match, 'ref_protected') || isTrue(match, 'environment_protected')
}

function isTrue(match: Match, claim: string): boolean {
  const values = pinnedValues(match.get(claim))
  return values !== undefined && values.every((value) => value === 'true')
}
