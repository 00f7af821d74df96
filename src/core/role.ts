import { clusterVerbs, namespaceVerbs, type Verb } from './verb.ts'

const viewer: readonly Verb[] = ['connect', 'read']
const starter: readonly Verb[] = [...viewer, 'start']

/** Built-in roles: named sets of verbs. Only grants with `cluster: true` reach the cluster verbs. */
export const roles = {
  viewer: [...viewer, 'browse'],
  starter,
  caller: [...starter, 'signal', 'update', 'query'],
  operator: [...viewer, 'signal', 'query', 'cancel', 'terminate', 'reset', 'control'],
  scheduler: [...viewer, 'schedule', 'start'],
  deployer: [...viewer, 'deploy'],
  worker: ['connect', 'work', 'complete'],
  admin: [...namespaceVerbs, ...clusterVerbs],
} as const satisfies Record<string, readonly Verb[]>

export type RoleName = keyof typeof roles

export const roleNames = Object.keys(roles) as readonly RoleName[]

/** The verbs that a role gives in a namespace, or on the cluster: never both with one grant. */
export function verbsOf(role: RoleName, scope: 'namespace' | 'cluster'): ReadonlySet<Verb> {
  const inScope: readonly Verb[] = scope === 'cluster' ? clusterVerbs : namespaceVerbs
  const verbs: readonly Verb[] = roles[role]
  return new Set(verbs.filter((verb) => inScope.includes(verb)))
}
