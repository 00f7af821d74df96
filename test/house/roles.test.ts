import t from 'tap'
import { isGrantable, reachOf } from '../../scripts/role-reach.ts'
import type { Method } from '../../src/core/method.ts'
import { builtInRoles } from '../../src/core/role.ts'
import { clusterVerbs, namespaceVerbs, type Verb } from '../../src/core/verb.ts'
import { methods } from '../../src/temporal/methods.ts'

const roles = [...builtInRoles.keys()]
const levels = ['read', 'write', 'admin'] as const
type Level = (typeof levels)[number]

const nameOf = ({ name }: Method) => name
const rank = (level: Level) => levels.indexOf(level)
const namesOf = (reached: readonly Method[]) => reached.map(nameOf).toSorted()

/** A verb is of the highest level of the methods that need it, so that none is reached from below. */
function levelOf(verb: Verb): Level {
  const needing = methods.filter(({ verbs }) => verbs.includes(verb))
  return levels.findLast((level) => needing.some(({ access }) => access === level)) ?? 'admin'
}

/** Comes with any grant: no client connects without it. */
const connecting = ['GetClusterInfo', 'GetSystemInfo']

t.test('no role reaches more than its name says by the access levels of Temporal', async (t) => {
  const highest: Record<string, Level> = {
    viewer: 'read',
    starter: 'write',
    caller: 'write',
    operator: 'write',
    scheduler: 'write',
    deployer: 'write',
    worker: 'write',
    admin: 'admin',
    'temporal:read': 'read',
    'temporal:write': 'write',
    'temporal:admin': 'admin',
  }
  t.same(Object.keys(highest), roles, 'every role has its level here')
  for (const role of roles) {
    for (const scope of ['namespace', 'cluster'] as const) {
      const above = reachOf(role, scope).filter(
        ({ access }) => rank(access) > rank(highest[role] ?? 'read'),
      )
      t.same(above.map(nameOf), [], `${role} in the ${scope}`)
    }
  }
})

t.test('a grant in a namespace stays there, and one on the cluster stays off it', async (t) => {
  for (const role of roles) {
    const outside = reachOf(role, 'namespace').filter(({ scope }) => scope === 'cluster')
    t.same(namesOf(outside), connecting, `${role} in a namespace`)
    const inside = reachOf(role, 'cluster').filter(({ scope }) => scope === 'namespace')
    t.same(namesOf(inside), [], `${role} on the cluster`)
  }
})

t.test('beyond reading, each role for CI does what it is called after', async (t) => {
  const writes = (role: string) =>
    namesOf(reachOf(role, 'namespace').filter(({ access }) => access !== 'read'))
  const starts = ['StartWorkflowExecution']
  const calls = [
    'ExecuteMultiOperation',
    'SignalWithStartWorkflowExecution',
    'SignalWorkflowExecution',
    'UpdateWorkflowExecution',
  ]
  const schedules = ['CreateSchedule', 'DeleteSchedule', 'PatchSchedule', 'UpdateSchedule']
  t.same(writes('viewer'), [])
  t.same(writes('starter'), starts)
  t.same(writes('caller'), [...starts, ...calls].toSorted())
  t.same(writes('scheduler'), [...starts, ...schedules].toSorted())
  for (const name of writes('worker')) {
    t.match(name, /^(Poll|Respond|Record|ResetSticky|ShutdownWorker)/, `worker: ${name}`)
  }
  for (const name of writes('deployer')) {
    t.match(name, /Deployment|WorkerBuildId|WorkerVersioning/, `deployer: ${name}`)
  }
  for (const name of writes('operator')) {
    t.match(name, /^(Signal|RequestCancel|Terminate|Reset|(Unp|P)ause|Update\w+Options)/, name)
    t.notMatch(name, /Start|Delete|Batch|Sticky|Namespace/, `operator: ${name}`)
  }
})

t.test('the roles of Temporal are as wide as its access levels, verb by verb', async (t) => {
  for (const level of levels) {
    const reachable = methods.filter(
      ({ name, scope, verbs }) =>
        connecting.includes(name) ||
        (scope === 'namespace' && verbs.every((verb) => rank(levelOf(verb)) <= rank(level))),
    )
    t.same(namesOf(reachOf(`temporal:${level}`, 'namespace')), namesOf(reachable), level)
  }
})

t.test('a verb that mixes access levels counts as the highest: few do', async (t) => {
  const below = methods.filter(({ access, verbs }) =>
    verbs.some((verb) => rank(levelOf(verb)) > rank(access)),
  )
  const stricterHere = ['FetchWorkerConfig', 'ValidateWorkerDeploymentVersionComputeConfig']
  t.same(namesOf(below), stricterHere, 'read in Temporal, `tune` and `deploy` here')
})

t.test('an administrator reaches everything, in the namespace or on the cluster', async (t) => {
  for (const role of ['admin', 'temporal:admin']) {
    const reached = new Set([...reachOf(role, 'namespace'), ...reachOf(role, 'cluster')])
    t.same(namesOf(methods.filter((method) => !reached.has(method))), [], role)
  }
})

t.test('every verb is in a role and is needed by a method', async (t) => {
  for (const verb of [...namespaceVerbs, ...clusterVerbs]) {
    t.ok(
      roles.some((role) => builtInRoles.get(role)?.includes(verb)),
      `${verb} is in a role`,
    )
    t.ok(
      methods.some(({ verbs }) => verbs.includes(verb)),
      `${verb} is needed`,
    )
  }
})

t.test('only roles with verbs of the cluster can be granted there', async (t) => {
  const grantable = roles.filter((role) => isGrantable(role, 'cluster'))
  t.same(grantable, ['viewer', 'admin', 'temporal:read', 'temporal:write', 'temporal:admin'])
  for (const role of roles) t.ok(isGrantable(role, 'namespace'), role)
})
