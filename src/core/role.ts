import { clusterVerbs, namespaceVerbs, type Verb } from './verb.ts'

const viewer: readonly Verb[] = ['connect', 'read', 'browse']
const starter: readonly Verb[] = ['connect', 'read', 'start']

/** Built-in roles: named sets of verbs. Only grants with `cluster: true` reach the cluster verbs. */
export const builtInRoles: ReadonlyMap<string, readonly Verb[]> = new Map<string, readonly Verb[]>([
  ['viewer', viewer],
  ['starter', starter],
  ['caller', [...starter, 'signal', 'update', 'query']],
  ['operator', ['connect', 'read', 'signal', 'query', 'cancel', 'terminate', 'reset', 'control']],
  ['scheduler', ['connect', 'read', 'schedule', 'start']],
  ['deployer', ['connect', 'read', 'deploy']],
  ['worker', ['connect', 'work', 'complete']],
  ['admin', [...namespaceVerbs, ...clusterVerbs]],
  // Temporal's own three, as wide as its access levels: a test compares them with the method table.
  ['temporal:read', ['connect', 'read', 'query', 'browse']],
  ['temporal:write', [...namespaceVerbs.filter((verb) => verb !== 'namespace'), 'browse']],
  ['temporal:admin', [...namespaceVerbs, ...clusterVerbs]],
])

const allVerbs: ReadonlySet<string> = new Set([...namespaceVerbs, ...clusterVerbs])

/** Every role of a policy, with the verbs that it comes to. */
export type Roles = ReadonlyMap<string, ReadonlySet<Verb>>

/** What is wrong with a custom role: a part that is neither role nor verb, or a circle. */
export interface RoleProblem {
  readonly role: string
  /** Position among the role's parts. */
  readonly part: number
  readonly name: string
  readonly kind: 'unknown' | 'circle'
}

/** Resolves custom roles, made of other roles and verbs, down to verbs. */
export function resolveRoles(custom: ReadonlyMap<string, readonly string[]>): {
  readonly roles: Roles
  readonly problems: readonly RoleProblem[]
} {
  const roles = new Map<string, ReadonlySet<Verb>>()
  for (const [name, verbs] of builtInRoles) roles.set(name, new Set(verbs))
  const problems: RoleProblem[] = []
  const resolve = (role: string, parts: readonly string[], above: readonly string[]) => {
    const verbs = new Set<Verb>()
    const path = [...above, role]
    for (const [part, name] of parts.entries()) {
      const inner = custom.get(name)
      if (isVerb(name)) verbs.add(name)
      else if (path.includes(name)) problems.push({ role, part, name, kind: 'circle' })
      else if (inner && !roles.has(name)) resolve(name, inner, path)
      else if (!roles.has(name)) problems.push({ role, part, name, kind: 'unknown' })
      for (const verb of roles.get(name) ?? []) verbs.add(verb)
    }
    roles.set(role, verbs)
  }
  for (const [role, parts] of custom) {
    if (!roles.has(role)) resolve(role, parts, [])
  }
  return { roles, problems }
}

function isVerb(name: string): name is Verb {
  return allVerbs.has(name)
}

/** Those of a role's verbs that count in a namespace, or on the cluster: never both with one grant. */
export function verbsIn(
  scope: 'namespace' | 'cluster',
  verbs: ReadonlySet<Verb>,
): ReadonlySet<Verb> {
  const inScope: ReadonlySet<string> = new Set(scope === 'cluster' ? clusterVerbs : namespaceVerbs)
  return new Set([...verbs].filter((verb) => inScope.has(verb)))
}
