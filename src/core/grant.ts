import type { NarrowedField, Need } from './call.ts'
import type { Pattern } from './pattern.ts'
import type { RoleName } from './role.ts'
import type { Verb } from './verb.ts'

export const narrowedFields = [
  'workflow_types',
  'task_queues',
  'workflow_ids',
  'handlers',
] as const satisfies readonly NarrowedField[]

/** What a rule grants: a role over one namespace or over the cluster, perhaps narrowed. */
export interface GrantTerms {
  /** The rule that these terms stand in. */
  readonly rule: string
  readonly role: RoleName
  readonly over: { readonly namespace: string } | { readonly cluster: true }
  readonly verbs: ReadonlySet<Verb>
  /** Empty where the grant is not narrowed. */
  readonly narrowing: ReadonlyMap<NarrowedField, readonly Pattern[]>
}

/** Whether these terms are enough for one need of a call. */
export function covers(terms: GrantTerms, need: Need): boolean {
  if (need.namespace === '') return coversOutsideNamespaces(terms, need)
  if (!('namespace' in terms.over) || terms.over.namespace !== need.namespace) return false
  return terms.verbs.has(need.verb) && isWithin(terms, need)
}

/** `connect` to the cluster comes with any grant; everything else there takes `cluster: true`. */
function coversOutsideNamespaces(terms: GrantTerms, need: Need): boolean {
  return need.verb === 'connect' || ('cluster' in terms.over && terms.verbs.has(need.verb))
}

/** Every narrowed field that the message has must match, and it must have at least one of them. */
function isWithin(terms: GrantTerms, need: Need): boolean {
  if (terms.narrowing.size === 0 || need.unnarrowed) return true
  let seen = false
  for (const [field, patterns] of terms.narrowing) {
    const value = need.fields[field]
    if (value === undefined) continue
    if (!patterns.some((pattern) => pattern.matches(value))) return false
    seen = true
  }
  return seen
}
