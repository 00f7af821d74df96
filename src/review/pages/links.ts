import { searchText, type SearchFields } from './search-fields.ts'

/** A job of GitLab as its principal names it: a host, the path of a project, `/-/jobs/` and a number. */
const jobPrincipal =
  /^[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?(?::[0-9]{1,5})?(?:\/[A-Za-z0-9_][A-Za-z0-9_.-]*){2,30}\/-\/jobs\/[0-9]{1,20}$/

/**
 * Where a principal is a job of GitLab, its address. The host is the one that the issuer of the
 * verified token was configured with; anything of another shape gets no link.
 */
export function jobLink(principal: unknown): string | undefined {
  if (typeof principal !== 'string' || !jobPrincipal.test(principal)) return undefined
  return `https://${principal}`
}

/** A workflow in Temporal's UI; undefined where there is no UI, or names that no address can hold. */
export function workflowLink(
  uiUrl: string | undefined,
  namespace: unknown,
  workflowId: unknown,
): string | undefined {
  if (uiUrl === undefined || !isSegment(namespace) || !isSegment(workflowId)) return undefined
  const path = `namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}`
  return `${uiUrl}/${path}`
}

/** Browsers resolve dots, and halves of surrogate pairs have no encoding. */
function isSegment(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed() && !/^\.{0,2}$/.test(value)
}

/** The page of one call. */
export function callLink(decisionId: string): string {
  return `/review/calls/${encodeURIComponent(decisionId)}`
}

/** The list of what a search finds. */
export function searchLink(fields: SearchFields): string {
  const text = searchText(fields)
  return text === '' ? '/review' : `/review?${text}`
}
