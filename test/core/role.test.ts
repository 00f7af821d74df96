import t from 'tap'
import { roleNames, verbsOf, type RoleName } from '../../src/core/role.ts'
import { clusterVerbs, namespaceVerbs } from '../../src/core/verb.ts'

/** The table of the design, section 5. */
const verbs: Record<RoleName, readonly string[]> = {
  viewer: ['connect', 'read'],
  starter: ['connect', 'read', 'start'],
  caller: ['connect', 'read', 'start', 'signal', 'update', 'query'],
  operator: ['connect', 'read', 'signal', 'query', 'cancel', 'terminate', 'reset', 'control'],
  scheduler: ['connect', 'read', 'schedule', 'start'],
  deployer: ['connect', 'read', 'deploy'],
  worker: ['connect', 'work', 'complete'],
  admin: namespaceVerbs,
}

void t.test(
  'each role gives exactly its verbs in a namespace, and none of the cluster',
  async (t) => {
    t.same(roleNames.toSorted(), Object.keys(verbs).toSorted())
    for (const role of roleNames) t.strictSame([...verbsOf(role, 'namespace')], verbs[role], role)
  },
)

void t.test('on the cluster only viewer and admin mean anything', async (t) => {
  const onCluster = roleNames.filter((role) => verbsOf(role, 'cluster').size > 0)
  t.strictSame(onCluster, ['viewer', 'admin'])
  t.strictSame([...verbsOf('viewer', 'cluster')], ['browse'])
  t.strictSame([...verbsOf('admin', 'cluster')], [...clusterVerbs])
})
