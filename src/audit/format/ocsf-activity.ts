import type { Verb } from '../../core/verb.ts'

const [create, read, update, remove, other, unknown] = [1, 2, 3, 4, 99, 0]

/**
 * What each verb does to what it acts on. Cancelling and terminating end a run whose history stays, so they
 * are updates; only `delete` takes something away. Work and batches are none of the four.
 */
const activities: Readonly<Record<Verb, number>> = {
  connect: read,
  read,
  query: read,
  browse: read,
  start: create,
  'start-activity': create,
  'start-nexus': create,
  schedule: update,
  deploy: update,
  signal: update,
  update,
  cancel: update,
  terminate: update,
  reset: update,
  control: update,
  complete: update,
  tune: update,
  rules: update,
  namespace: update,
  delete: remove,
  batch: other,
  work: other,
  cluster: update,
}

/** Verbs of methods that make, read, change and remove the same thing: there the name tells. */
const several: ReadonlySet<string> = new Set<Verb>([
  'schedule',
  'deploy',
  'rules',
  'namespace',
  'cluster',
  'tune',
])

/** The strongest first: a call that signals and starts is one that makes something. */
const order = [remove, create, update, other, read]

/** The activity of OCSF's API Activity that a call is, by what it takes and by its name. */
export function activityOf(verbs: readonly string[], method: string): number {
  const found = new Set(verbs.map((verb) => activityOfVerb(verb, method)))
  return order.find((activity) => found.has(activity)) ?? unknown
}

function activityOfVerb(verb: string, method: string): number {
  if (several.has(verb)) {
    if (/^(Delete|Remove)/.test(method)) return remove
    if (/^(Create|Register|Add)/.test(method)) return create
    if (/^(List|Get|Fetch|Validate)/.test(method)) return read
  }
  return Object.hasOwn(activities, verb) ? activities[verb as Verb] : unknown
}
