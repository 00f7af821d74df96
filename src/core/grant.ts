import type { NarrowedField, Need } from './call.ts'
import type { Claims } from './identity.ts'
import type { Pattern } from './pattern.ts'
import type { Verb } from './verb.ts'

/** Fields that a grant can be narrowed by, as the policy file calls them. */
export const narrowedFields = [
  'workflow_types',
  'task_queues',
  'workflow_ids',
  'handlers',
] as const satisfies readonly NarrowedField[]

/** What a grant is over. A namespace may name claims in braces; a review is of the audit stream, not of Temporal. */
export type Over =
  | { readonly namespace: string }
  | { readonly cluster: true }
  | { readonly audit: 'review' }

/** What a rule grants: a role over one namespace or over the cluster, perhaps narrowed. */
export interface GrantTerms {
  /** The rule that these terms stand in. */
  readonly rule: string
  readonly role: string
  readonly over: Over
  readonly verbs: ReadonlySet<Verb>
  /** Empty where the grant is not narrowed. */
  readonly narrowing: ReadonlyMap<NarrowedField, readonly Pattern[]>
}

/** Why terms are not enough for a need. */
export type Shortfall =
  | { readonly kind: 'scope' }
  | { readonly kind: 'verb' }
  | { readonly kind: 'narrowing'; readonly field: NarrowedField; readonly value: string }
  /** The request has none of the fields that the grant is narrowed by. */
  | { readonly kind: 'outside' }

/** What these terms lack for one need of a call by an identity with these claims, or undefined when they are enough. */
export function shortfall(terms: GrantTerms, need: Need, claims: Claims): Shortfall | undefined {
  if (need.namespace === '') return shortfallOutsideNamespaces(terms, need)
  if (namespaceOf(terms, claims) !== need.namespace) return { kind: 'scope' }
  if (!terms.verbs.has(need.verb)) return { kind: 'verb' }
  return narrowingShortfall(terms, need)
}

/** The namespace that terms are over for an identity with these claims, if they are over one. */
export function namespaceOf({ over }: GrantTerms, claims: Claims): string | undefined {
  if (!('namespace' in over)) return undefined
  if (!over.namespace.includes('{')) return over.namespace
  let isWhole = true
  const name = over.namespace.replaceAll(claimInBraces, (_, claim: string) => {
    const value = claims.get(claim)
    isWhole &&= value !== undefined
    return value ?? ''
  })
  return isWhole ? name : undefined
}

/** The claims that a namespace names in braces. */
export function claimsNamedIn(namespace: string): string[] {
  return [...namespace.matchAll(claimInBraces)].map(([inBraces]) => inBraces.slice(1, -1))
}

const claimInBraces = /\{([a-z0-9_]+)\}/g

/** `connect` to the cluster comes with any grant in Temporal; everything else there takes `cluster: true`. */
function shortfallOutsideNamespaces(terms: GrantTerms, need: Need): Shortfall | undefined {
  if ('audit' in terms.over) return { kind: 'scope' }
  if (need.verb === 'connect') return undefined
  if (!('cluster' in terms.over)) return { kind: 'scope' }
  return terms.verbs.has(need.verb) ? undefined : { kind: 'verb' }
}

/** Every narrowed field that the message has must match, and it must have at least one of them. */
function narrowingShortfall(terms: GrantTerms, need: Need): Shortfall | undefined {
  if (terms.narrowing.size === 0 || need.unnarrowed) return undefined
  let isSeen = false
  for (const [field, patterns] of terms.narrowing) {
    const value = need.fields[field]
    if (value === undefined) continue
    if (!patterns.some((pattern) => pattern.matches(value)))
      return { kind: 'narrowing', field, value }
    isSeen = true
  }
  return isSeen ? undefined : { kind: 'outside' }
}
