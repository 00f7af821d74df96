import { didYouMean } from './did-you-mean.ts'
import type { ClaimUse } from './known-issuer.ts'

/** Claims that have one of a few values, as GitLab's documentation and source have them. */
const closedSets: ReadonlyMap<string, readonly string[]> = new Map([
  ['ref_type', ['branch', 'tag']],
  ['ref_protected', ['true', 'false']],
  ['environment_protected', ['true', 'false']],
  ['environment_action', ['start', 'prepare', 'stop', 'verify', 'access']],
  ['deployment_tier', ['production', 'staging', 'testing', 'development', 'other']],
  ['runner_environment', ['gitlab-hosted', 'self-hosted']],
  ['project_visibility', ['private', 'internal', 'public']],
])

/** Where GitLab adds values now and then, only what looks like a slip of the pen is odd. */
const openSets: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'pipeline_source',
    'push web trigger schedule api external pipeline chat webide merge_request_event external_pull_request_event parent_pipeline duo_workflow'.split(
      ' ',
    ),
  ],
  ['user_access_level', ['guest', 'planner', 'reporter', 'developer', 'maintainer', 'owner']],
])

/** Why no token carries this value in this claim, and what was probably meant; nothing where one may. */
export function oddValue(claim: string, use: ClaimUse, value: string): string | undefined {
  const closed = closedSets.get(claim)
  if (closed !== undefined && !closed.includes(value)) {
    return `is no value of ${claim}; ${didYouMean(value, closed) || `write ${closed.join(' or ')}`}`
  }
  const open = openSets.get(claim) ?? []
  const slip = open.includes(value) ? '' : didYouMean(value, open)
  if (slip !== '') return `is no value of ${claim} that is known; ${slip}`
  if (use === 'pinnable' && claim !== 'jti' && !/^[0-9]+$/.test(value)) {
    return `is no id: ${claim} is a number; write its digits`
  }
  if (claim === 'ref') return oddRef(value)
  return claim === 'ref_path' ? oddRefPath(value) : oddPath(claim, value)
}

function oddRef(value: string): string | undefined {
  const [, short] = /^refs\/(?:heads|tags)\/(.+)$/.exec(value) ?? []
  return short && `is a path, and ref has the short name; write ${short}, or test ref_path`
}

function oddRefPath(value: string): string | undefined {
  if (value.startsWith('refs/')) return undefined
  return `is a short name, and ref_path has the path; write refs/heads/${value}`
}

function oddPath(claim: string, value: string): string | undefined {
  if (!isPath(claim) || !/^\/|\/$|:\/\//.test(value)) return undefined
  const example = claim === 'groups_direct' ? 'group/subgroup' : 'group/project'
  return `is no path as tokens have it; write ${example}, without host and outer slashes`
}

/** Whether the values of a claim are paths of groups or projects. */
export function isPath(claim: string): boolean {
  return claim.endsWith('_path') || claim === 'groups_direct'
}
