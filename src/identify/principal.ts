import type { Claims } from '../core/identity.ts'

/** What an issuer kind makes a principal of. */
export interface PrincipalParts {
  readonly issuerUrl: string
  readonly subject: string
  readonly claims: Claims
}

/**
 * The one-line name of a GitLab job: its URL without the scheme. The job stands in the project that
 * runs it, which in fork pipelines is not the one that `project_path` names. The host is the configured
 * one, never one that a claim mentions.
 */
export function gitlabPrincipal({ issuerUrl, subject, claims }: PrincipalParts): string {
  const project = claims.get('job_project_path') ?? claims.get('project_path')
  const job = claims.get('job_id')
  if (!project || !job) return `${new URL(issuerUrl).host}:${subject}`
  return `${issuerUrl.replace(/^https?:\/\//, '').replace(/\/$/, '')}/${project}/-/jobs/${job}`
}
