import { pinnedValues } from '../core/claim-test.ts'
import type { GrantTerms } from '../core/grant.ts'
import type { GuardName } from '../core/guard.ts'
import type { Rule } from '../core/rule.ts'
import type { Verb } from '../core/verb.ts'
import { allowedGuardInWords } from './words.ts'

/** What a reviewer should look at twice in a rule and one of its grants. */
export function cautionsFor(rule: Rule, terms: GrantTerms): string[] {
  const { verbs, role, narrowing } = terms
  const cautions = guardsOff(rule).map(allowedGuardInWords)
  if (rule.kind === 'agent' && changes(verbs)) {
    cautions.push('an AI agent changes things, with nobody to ask')
  }
  if (rule.kind === 'machine' && changes(verbs) && !isProtected(rule)) {
    cautions.push('changes things from an unprotected ref or environment')
  }
  if (rule.match.has('environment') && !isTrue(rule, 'environment_protected')) {
    cautions.push('the environment is whatever the pipeline file says')
  }
  if (!idClaims.some((claim) => rule.match.has(claim))) {
    cautions.push('rests on names, which can change hands; no id is pinned')
  }
  if (verbs.has('work') && !narrowing.has('task_queues')) {
    cautions.push('takes tasks from every queue')
  }
  if (
    changes(verbs) &&
    narrowing.size === 0 &&
    (role === 'admin' || role.startsWith('temporal:'))
  ) {
    cautions.push(`${role} is as wide as a role can be`)
  }
  return cautions
}

/** The guards that a rule turns off. A rule for agents lets agents in without being told so. */
export function guardsOff({ kind, allow }: Rule): GuardName[] {
  return [...allow].filter((guard) => kind !== 'agent' || guard !== 'agents')
}

const idClaims = ['project_id', 'namespace_id', 'job_project_id', 'job_namespace_id', 'user_id']

const lookingVerbs: ReadonlySet<Verb> = new Set<Verb>(['connect', 'read', 'query', 'browse'])

function changes(verbs: ReadonlySet<Verb>): boolean {
  return [...verbs].some((verb) => !lookingVerbs.has(verb))
}

function isProtected(rule: Rule): boolean {
  return isTrue(rule, 'ref_protected') || isTrue(rule, 'environment_protected')
}

function isTrue({ match }: Rule, claim: string): boolean {
  const values = pinnedValues(match.get(claim))
  return values?.length === 1 && values[0] === 'true'
}
