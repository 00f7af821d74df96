import type { Claims } from '../core/identity.ts'
import { printable } from './printable.ts'

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

/** What a GitLab login is made of. Others, which could forge a line or a path, become no principal. */
const login = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}$/

/** The one-line name of a person: the profile's URL without the scheme, or the id where no login is known. */
export function gitlabPersonPrincipal({ issuerUrl, subject, claims }: PrincipalParts): string {
  const name = claims.get('user_login') ?? ''
  if (!login.test(name)) return `${new URL(issuerUrl).host}:${printable(subject)}`
  return `${issuerUrl.replace(/^https?:\/\//, '').replace(/\/$/, '')}/${name}`
}
