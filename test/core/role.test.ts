import t from 'tap'
import { builtInRoles, resolveRoles, verbsIn } from '../../src/core/role.ts'
import { clusterVerbs, namespaceVerbs, type Verb } from '../../src/core/verb.ts'

/** The table of the design, section 5; Temporal's own roles are compared with the method table elsewhere. */
const verbs: Readonly<Record<string, readonly string[]>> = {
  viewer: ['connect', 'read'],
  starter: ['connect', 'read', 'start'],
  caller: ['connect', 'read', 'start', 'signal', 'update', 'query'],
  operator: ['connect', 'read', 'signal', 'query', 'cancel', 'terminate', 'reset', 'control'],
  scheduler: ['connect', 'read', 'schedule', 'start'],
  deployer: ['connect', 'read', 'deploy'],
  worker: ['connect', 'work', 'complete'],
  admin: namespaceVerbs,
}

const { roles } = resolveRoles(new Map())
const verbsOf = (role: string, scope: 'namespace' | 'cluster') => [
  ...verbsIn(scope, roles.get(role) ?? new Set<Verb>()),
]

void t.test(
  'each role gives exactly its verbs in a namespace, and none of the cluster',
  async (t) => {
    const temporal = ['temporal:read', 'temporal:write', 'temporal:admin']
    t.same([...builtInRoles.keys()].toSorted(), [...Object.keys(verbs), ...temporal].toSorted())
    for (const role of Object.keys(verbs))
      t.strictSame(verbsOf(role, 'namespace'), verbs[role], role)
  },
)

void t.test(
  'on the cluster only viewer, admin and the roles of Temporal mean anything',
  async (t) => {
    const onCluster = [...roles.keys()].filter((role) => verbsOf(role, 'cluster').length > 0)
    t.strictSame(onCluster, [
      'viewer',
      'admin',
      'temporal:read',
      'temporal:write',
      'temporal:admin',
    ])
    t.strictSame(verbsOf('viewer', 'cluster'), ['browse'])
    t.strictSame(verbsOf('temporal:write', 'cluster'), ['browse'])
    t.strictSame(verbsOf('admin', 'cluster'), [...clusterVerbs])
  },
)

void t.test(
  'a custom role is what its roles and verbs come to, in whatever order they stand',
  async (t) => {
    const custom = new Map([
      ['release-lead', ['release-manager', 'terminate']],
      ['release-manager', ['starter', 'deployer', 'cancel']],
    ])
    const resolved = resolveRoles(custom)
    t.same(resolved.problems, [])
    const manager = ['connect', 'read', 'start', 'deploy', 'cancel']
    t.strictSame(
      [...(resolved.roles.get('release-manager') ?? [])].filter((verb) => verb !== 'browse'),
      manager,
    )
    t.ok(resolved.roles.get('release-lead')?.has('deploy'))
    t.ok(resolved.roles.get('release-lead')?.has('terminate'))
    t.notOk(resolved.roles.get('release-lead')?.has('reset'))
  },
)

void t.test('a part that is neither role nor verb is a problem, and so is a circle', async (t) => {
  const custom = new Map([
    ['a', ['startr', 'read']],
    ['b', ['c']],
    ['c', ['signal', 'b']],
    ['d', ['d', 'query']],
  ])
  const { problems, roles: resolved } = resolveRoles(custom)
  t.same(problems, [
    { role: 'a', part: 0, name: 'startr', kind: 'unknown' },
    { role: 'c', part: 1, name: 'b', kind: 'circle' },
    { role: 'd', part: 0, name: 'd', kind: 'circle' },
  ])
  t.strictSame([...(resolved.get('a') ?? [])], ['read'])
  t.strictSame([...(resolved.get('d') ?? [])], ['query'])
})

void t.test(
  'a custom role cannot take the name of a built-in one for something wider',
  async (t) => {
    const { roles: resolved } = resolveRoles(new Map([['viewer', ['admin']]]))
    t.notOk(resolved.get('viewer')?.has('start'))
  },
)
