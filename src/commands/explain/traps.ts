import { pinnedValues } from '../../core/claim-test.ts'
import type { Explanation, RuleExplanation, TestExplanation } from '../../core/explanation.ts'
import type { Call, Need } from '../../core/call.ts'
import type { GuardName } from '../../core/guard.ts'
import type { Claims, Identity } from '../../core/identity.ts'
import { limitsOf, needWords, shown } from './fact.ts'
import { nearMiss } from './near-value.ts'
import type { Note } from './note.ts'

/** Rules that are looked at for traps: about as near as the nearest, since every far one fails in some way. */
const rulesMax = 3
const distanceMax = 2

/** What is easily overlooked in a refusal: claims and calls that are not what they look like. */
export function trapsIn(explanation: Explanation, identity: Identity, call: Call): readonly Note[] {
  const { rules, needs } = explanation
  const farthest = (rules[0]?.distance ?? 0) + distanceMax
  const near = rules.filter(({ distance }) => distance <= farthest).slice(0, rulesMax)
  const notes = [
    ...identity.guards.map((guard) => guardNote(guard, identity)),
    ...rules.flatMap((rule) => ruleNotes(rule, identity)).slice(0, rulesMax),
    ...near.flatMap((rule) => rule.tests.flatMap((test) => testNotes(test, rule, identity))),
    ...near.flatMap((rule) => rule.grants.flatMap((grant) => grantNotes(grant, needs))),
    ...stickyNotes(needs, call),
  ]
  const messages = new Map(notes.map((note) => [note.message, note]))
  return [...messages.values()]
}

function guardNote(guard: GuardName, { claims }: Identity): Note {
  switch (guard) {
    case 'fork_pipelines':
      return {
        code: 'fork',
        message: forkWords(claims),
      }
    case 'agents':
      return {
        code: 'agent',
        message: `this is an AI agent's workload (pipeline_source ${valueOf(claims, 'pipeline_source')}), though its token looks like a job's`,
      }
    case 'policy_jobs':
      return {
        code: 'policy-job',
        message: `a security policy put this job into the pipeline (job_source ${valueOf(claims, 'job_source')}): its script is not the repository's`,
      }
    case 'other_tokens': {
      const needed = ['job_id', 'pipeline_id', 'project_id'].filter((name) => !claims.has(name))
      return {
        code: 'not-a-job',
        message: `a CI job's token has ${needed.join(' and ')}, and these claims do not`,
      }
    }
  }
}

function forkWords(claims: Claims): string {
  if (!claims.has('job_project_id')) {
    return 'this merge request pipeline has no job_project_id (GitLab before 18.4), so nobody can tell whether it is of a fork'
  }
  return `this is a pipeline of a fork: project_id ${valueOf(claims, 'project_id')} and ref are the fork's, and the job runs in job_project_id ${valueOf(claims, 'job_project_id')}`
}

function valueOf(claims: Claims, name: string): string {
  return shown(claims.get(name) ?? '')
}

function ruleNotes(rule: RuleExplanation, { issuer, kind }: Identity): readonly Note[] {
  if (!rule.tests.every(({ holds }) => holds)) return []
  if (!rule.isOfIssuer) {
    const message = `every claim fits the rule ${rule.name}, but it is for the issuer ${rule.rule.issuer} and the token is of ${issuer}`
    return [{ code: 'other-issuer', message }]
  }
  if (rule.isOfSection) return []
  const message = `every claim fits the rule ${rule.name}, but it is for the kind ${rule.rule.kind} and this is of the kind ${kind}`
  return [{ code: 'other-kind', message }]
}

/** Versions of GitLab that a claim came with. <https://docs.gitlab.com/ci/secrets/id_token_authentication/> */
const sinceVersions: Readonly<Record<string, string>> = {
  job_project_id: '18.4',
  job_project_path: '18.4',
  job_namespace_id: '18.4',
  job_namespace_path: '18.4',
  job_source: '18.9',
  source_project_id: '19.2',
  source_project_path: '19.2',
  source_namespace_id: '19.2',
  source_namespace_path: '19.2',
  user_access_level: '16.9',
  environment_action: '16.5',
  project_visibility: '16.3',
  ci_config_ref_uri: '16.2',
  ci_config_sha: '16.2',
  ref_path: '16.0',
  runner_id: '16.0',
  runner_environment: '16.0',
  sha: '16.0',
}

function testNotes(
  { claim, test, value, holds }: TestExplanation,
  { tests }: RuleExplanation,
  { claims }: Identity,
): readonly Note[] {
  if (holds) return []
  if (value === undefined) return absentNotes(claim)
  if (claim === 'ref_protected') {
    if (claims.get('pipeline_source') !== 'merge_request_event') return []
    const message = `in a merge request pipeline ref is the source branch, and ref_protected (${shown(value)}) is about that branch, not about the target`
    return [{ code: 'merge-request', message }]
  }
  if (claim === 'ref_type') {
    if (!tests.some((other) => other.claim === 'ref' && other.holds)) return []
    const message = `the ref ${valueOf(claims, 'ref')} fits, but here it is a ${shown(value)}: branches and tags may have the same name`
    return [{ code: value === 'tag' ? 'tag-not-branch' : 'branch-not-tag', message }]
  }
  const near = nearMiss(value, pinnedValues(test) ?? [])
  return near === undefined
    ? []
    : [{ code: 'near-miss', message: `${claim} ${shown(value)} ${near}` }]
}

function absentNotes(claim: string): readonly Note[] {
  const since = sinceVersions[claim]
  if (since !== undefined) {
    const message = `GitLab signs ${claim} since ${since}; an older one leaves it out, and an absent claim fails the test`
    return [{ code: 'claim-absent', message }]
  }
  if (!/^environment|^deployment_tier/.test(claim)) return []
  return [{ code: 'claim-absent', message: `only jobs with an environment: carry ${claim}` }]
}

function grantNotes(
  { namespace, terms, shortfalls }: RuleExplanation['grants'][number],
  needs: readonly Need[],
): readonly Note[] {
  return needs.flatMap((need, at): readonly Note[] => {
    const short = shortfalls[at]
    if (short?.kind === 'scope' && namespace !== undefined) {
      const near = nearMiss(need.namespace, [namespace])
      return near
        ? [{ code: 'near-miss', message: `namespace ${shown(need.namespace)} ${near}` }]
        : []
    }
    if (short?.kind === 'outside') {
      const limits = [...terms.narrowing.keys()].join(' nor ')
      const message = `${needWords(need)}: the request shows no ${limits}, and what a narrowing cannot be checked against is outside it (lists, counts and batches always; a call by id, where only the type is narrowed)`
      return [{ code: 'not-narrowable', message }]
    }
    if (short?.kind !== 'narrowing') return []
    const near = nearMiss(short.value, limitsOf(terms, short.field))
    return near
      ? [{ code: 'near-miss', message: `${short.field} ${shown(short.value)} ${near}` }]
      : []
  })
}

/** Every SDK ends the name of a worker's own queue with a UUID, with or without dashes. */
const workerQueueName = /[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/i

function stickyNotes(needs: readonly Need[], { method }: Call): readonly Note[] {
  if (method.name !== 'PollWorkflowTaskQueue') return []
  return needs.flatMap(({ fields: { task_queues: queue } }): readonly Note[] => {
    const isOwn = queue !== undefined && workerQueueName.test(queue)
    if (queue !== '' && !isOwn) return []
    const finding = isOwn
      ? `${shown(queue)} looks like a worker's own queue`
      : 'the poll shows no shared queue'
    return [{ code: 'sticky-queue', message: stickyWords(finding) }]
  })
}

function stickyWords(finding: string): string {
  return `${finding}: a sticky queue counts as the queue in its normal_name, and only under a worker's own name (one that ends in a UUID) with kind STICKY; describe such a poll with --request`
}
