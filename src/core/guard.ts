import type { Claims } from './identity.ts'
import type { RefusalCode } from './refusal.ts'

/**
 * Built-in guards: kinds of token that look like what a rule asks for and are not. Each is on unless
 * a rule turns it off by name. In the order in which a refusal names them.
 */
export const guardNames = ['other_tokens', 'fork_pipelines', 'agents', 'policy_jobs'] as const

export type GuardName = (typeof guardNames)[number]

/** The guards that a GitLab token trips, in the order of {@link guardNames}. */
export function gitlabGuards(claims: Claims): GuardName[] {
  const trips: Record<GuardName, boolean> = {
    other_tokens: !['job_id', 'pipeline_id', 'project_id'].every((name) => claims.has(name)),
    fork_pipelines: isForkPipeline(claims),
    agents: isAgent(claims),
    policy_jobs: isPolicyJob(claims),
  }
  return guardNames.filter((name) => trips[name])
}

/** The refusal that names a tripped guard. */
export function guardRefusal(guard: GuardName): RefusalCode {
  return `guard_${guard}`
}

/**
 * In a merge request pipeline of a fork, `project_*` and `ref` describe the fork while the job runs
 * in the parent. Versions of GitLab that do not send `job_project_id` cannot tell the two apart.
 */
function isForkPipeline(claims: Claims): boolean {
  const running = claims.get('job_project_id')
  if (running === undefined) return claims.get('pipeline_source') === 'merge_request_event'
  return running !== claims.get('project_id')
}

/** GitLab Duo flows hold ordinary CI tokens; they differ only in where their pipeline comes from. */
export function isAgent(claims: Claims): boolean {
  return (
    claims.get('pipeline_source') === 'duo_workflow' ||
    (claims.get('ref') ?? '').startsWith('refs/workloads/')
  )
}

/** A job that a security policy injected carries the repository's identity and somebody else's script. */
function isPolicyJob(claims: Claims): boolean {
  const jobSource = claims.get('job_source')
  return jobSource !== undefined && jobSource !== claims.get('pipeline_source')
}
