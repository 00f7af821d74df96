/** One CI job whose id token the demo's issuer signs. */
export interface Job {
  readonly name: JobName
  /** What GitLab would say about it, apart from the times, `iss`, `aud` and `jti`. */
  readonly claims: Readonly<Record<string, string | number | null>>
  /** Seconds between the token's `iat` and the moment at which it is handed out. */
  readonly issuedSecondsAgo: number
}

export type JobName = 'rollup' | 'fork' | 'expired' | 'worker'

/** GitLab gives a token the lifetime of its job: an hour, unless the project says otherwise. */
export const tokenLifetimeSeconds = 3600

const workersProject = {
  project_id: '48210377',
  project_path: 'acme/payments/ledger-workers',
  namespace_id: '73190442',
  namespace_path: 'acme/payments',
} as const

const runtimeProject = {
  ...workersProject,
  project_id: '48210401',
  project_path: 'acme/payments/ledger-runtime',
} as const

const user = {
  user_id: '9120455',
  user_login: 'dmeyer',
  user_email: 'dana.meyer@acme.example',
  user_access_level: 'maintainer',
} as const

/** A push to the protected default branch: the ordinary case. */
const rollup: Job = {
  name: 'rollup',
  claims: pushToMain(workersProject, '2071884310', '11840226751'),
  issuedSecondsAgo: 0,
}

/**
 * A merge request from somebody's fork, run in the parent project. `job_project_*`, `ref` and
 * `ref_type` are those of a push to the parent's main; `project_*` says that the code is not.
 */
const fork: Job = {
  name: 'fork',
  claims: {
    ...pushToMain(workersProject, '2074001822', '11850177340'),
    project_id: '61552004',
    project_path: 'outside-contributor/ledger-workers',
    namespace_id: '95530127',
    namespace_path: 'outside-contributor',
    source_project_id: '61552004',
    source_project_path: 'outside-contributor/ledger-workers',
    source_namespace_id: '95530127',
    source_namespace_path: 'outside-contributor',
    user_access_level: null,
    pipeline_source: 'merge_request_event',
    job_source: 'merge_request_event',
    ref_protected: 'false',
    project_visibility: 'public',
    sub: 'project_path:outside-contributor/ledger-workers:ref_type:branch:ref:main',
  },
  issuedSecondsAgo: 0,
}

/** The ordinary job again, with a token that somebody kept: it expired five minutes ago. */
const expired: Job = {
  name: 'expired',
  claims: pushToMain(workersProject, '2071112094', '11836019442'),
  issuedSecondsAgo: tokenLifetimeSeconds + 300,
}

/** The job that runs the ledger's worker. */
const worker: Job = {
  name: 'worker',
  claims: pushToMain(runtimeProject, '2071884977', '11840229016'),
  issuedSecondsAgo: 0,
}

export const jobs: Readonly<Record<JobName, Job>> = { rollup, fork, expired, worker }

/** All claims of a job, as GitLab would sign them for this audience at this moment. */
export function claimsOf(job: Job, parts: { issuer: string; audience: string; at: number }) {
  const issuedAt = Math.floor(parts.at / 1000) - job.issuedSecondsAgo
  return {
    ...job.claims,
    iss: parts.issuer,
    aud: parts.audience,
    iat: issuedAt,
    nbf: issuedAt - 5,
    exp: issuedAt + tokenLifetimeSeconds,
  }
}

function pushToMain(
  project: typeof workersProject | typeof runtimeProject,
  pipeline: string,
  job: string,
) {
  return {
    ...project,
    ...user,
    job_project_id: project.project_id,
    job_project_path: project.project_path,
    job_namespace_id: project.namespace_id,
    job_namespace_path: project.namespace_path,
    pipeline_id: pipeline,
    pipeline_source: 'push',
    job_id: job,
    ref: 'main',
    ref_type: 'branch',
    ref_path: 'refs/heads/main',
    ref_protected: 'true',
    job_source: 'push',
    runner_id: 12270852,
    runner_environment: 'gitlab-hosted',
    sha: '4f0d0c6a8f1b3a7d9c2e55b1f6a7e0d2c3b49a18',
    project_visibility: 'private',
    ci_config_ref_uri: `gitlab.com/${project.project_path}//.gitlab-ci.yml@refs/heads/main`,
    ci_config_sha: '4f0d0c6a8f1b3a7d9c2e55b1f6a7e0d2c3b49a18',
    sub: `project_path:${project.project_path}:ref_type:branch:ref:main`,
  }
}
