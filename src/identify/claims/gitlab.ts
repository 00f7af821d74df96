import type { ClaimRow, ClaimTable } from './claim-table.ts'

/**
 * Every claim that GitLab signs into a CI job's id token, with the JSON type that its source gives it.
 * <https://docs.gitlab.com/ci/secrets/id_token_authentication/#token-payload>
 */
export const gitlabClaims: ClaimTable = new Map<string, ClaimRow>([
  // In a merge request pipeline of a fork, project_* and namespace_* are the fork's; job_* say where it runs.
  ['project_id', { set: 'pinnable', types: ['string'] }],
  ['namespace_id', { set: 'pinnable', types: ['string'] }],
  ['job_project_id', { set: 'pinnable', types: ['string'] }],
  ['job_namespace_id', { set: 'pinnable', types: ['string'] }],
  ['source_project_id', { set: 'pinnable', types: ['string'] }],
  ['source_namespace_id', { set: 'pinnable', types: ['string'] }],
  ['user_id', { set: 'pinnable', types: ['string'] }],
  ['pipeline_id', { set: 'pinnable', types: ['string'] }],
  ['job_id', { set: 'pinnable', types: ['string'] }],
  ['jti', { set: 'pinnable', types: ['string'] }],
  ['runner_id', { set: 'pinnable', types: ['integer'] }],

  ['ref', { set: 'matchable', types: ['string'] }],
  ['ref_type', { set: 'matchable', types: ['string'] }],
  ['ref_path', { set: 'matchable', types: ['string', 'null'] }],
  ['ref_protected', { set: 'matchable', types: ['string'] }],
  ['environment', { set: 'matchable', types: ['string'] }],
  ['environment_protected', { set: 'matchable', types: ['string'] }],
  ['environment_action', { set: 'matchable', types: ['string', 'null'] }],
  ['deployment_tier', { set: 'matchable', types: ['string', 'null'] }],
  ['pipeline_source', { set: 'matchable', types: ['string'] }],
  ['job_source', { set: 'matchable', types: ['string'] }],
  ['runner_environment', { set: 'matchable', types: ['string'] }],
  ['project_visibility', { set: 'matchable', types: ['string'] }],
  ['user_access_level', { set: 'matchable', types: ['string', 'null'] }],
  ['sha', { set: 'matchable', types: ['string'] }],

  // Paths and logins can be renamed and registered again by somebody else.
  ['project_path', { set: 'label', types: ['string'] }],
  ['namespace_path', { set: 'label', types: ['string'] }],
  ['job_project_path', { set: 'label', types: ['string'] }],
  ['job_namespace_path', { set: 'label', types: ['string'] }],
  ['source_project_path', { set: 'label', types: ['string'] }],
  ['source_namespace_path', { set: 'label', types: ['string'] }],
  ['user_login', { set: 'label', types: ['string', 'null'] }],
  // No evidence of which definition ran: GitLab makes a value up when it did not come from the repository.
  ['ci_config_ref_uri', { set: 'label', types: ['string', 'null'] }],
  ['ci_config_sha', { set: 'label', types: ['string', 'null'] }],

  // Checked with the token itself, or opaque: a project's settings choose what `sub` is made of.
  ['iss', { set: 'ignored', types: ['string'] }],
  ['sub', { set: 'ignored', types: ['string'] }],
  ['aud', { set: 'ignored', types: ['string', 'array'] }],
  ['iat', { set: 'ignored', types: ['number'] }],
  ['nbf', { set: 'ignored', types: ['number'] }],
  ['exp', { set: 'ignored', types: ['number'] }],
  // Personal data, or no single value.
  ['user_email', { set: 'ignored', types: ['string', 'null'] }],
  ['user_identities', { set: 'ignored', types: ['array'] }],
  ['groups_direct', { set: 'ignored', types: ['array'] }],
  ['job_config', { set: 'ignored', types: ['object'] }],
  ['target_audience', { set: 'ignored', types: ['string'] }],
])

/**
 * Claims that the guards read. Where one is not what it should be, leaving it out would switch a guard
 * off instead of closing a door, so such a token is refused.
 */
export const gitlabGuardedClaims: readonly string[] = [
  'project_id',
  'job_project_id',
  'pipeline_id',
  'job_id',
  'pipeline_source',
  'job_source',
  'ref',
]

/**
 * Every claim that GitLab signs into the id token of a person who logs in to an OAuth application. Rules
 * know the user's id and login by the names that they have in job tokens, so that one denial fits both.
 * <https://docs.gitlab.com/integration/openid_connect_provider/#shared-information>
 */
export const gitlabPersonClaims: ClaimTable = new Map<string, ClaimRow>([
  ['sub', { set: 'pinnable', types: ['string'], as: 'user_id' }],
  // A login can be given up and registered again by somebody else, and so can a group's path.
  ['preferred_username', { set: 'label', types: ['string', 'null'], as: 'user_login' }],
  ['groups_direct', { set: 'label', types: ['array'] }],

  // Checked with the token itself.
  ['iss', { set: 'ignored', types: ['string'] }],
  ['aud', { set: 'ignored', types: ['string'] }],
  ['azp', { set: 'ignored', types: ['string'] }],
  ['iat', { set: 'ignored', types: ['number'] }],
  ['exp', { set: 'ignored', types: ['number'] }],
  ['auth_time', { set: 'ignored', types: ['number', 'null'] }],
  ['nonce', { set: 'ignored', types: ['string'] }],
  ['at_hash', { set: 'ignored', types: ['string'] }],
  ['jti', { set: 'ignored', types: ['string'] }],
  // The same as the login, or personal data that no rule needs.
  ['nickname', { set: 'ignored', types: ['string', 'null'] }],
  ['sub_legacy', { set: 'ignored', types: ['string'] }],
  ['name', { set: 'ignored', types: ['string', 'null'] }],
  ['email', { set: 'ignored', types: ['string', 'null'] }],
  ['email_verified', { set: 'ignored', types: ['boolean', 'null'] }],
  ['website', { set: 'ignored', types: ['string', 'null'] }],
  ['profile', { set: 'ignored', types: ['string', 'null'] }],
  ['picture', { set: 'ignored', types: ['string', 'null'] }],
])

/** Claims that only the tokens of CI jobs carry: a token with one of them is nobody's login. */
export const gitlabJobClaims: readonly string[] = [
  'job_id',
  'pipeline_id',
  'project_id',
  'namespace_id',
  'runner_id',
]
