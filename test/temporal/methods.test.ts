import t from 'tap'
import { methodAt, methods } from '../../src/temporal/methods.ts'
import { requestShapes } from '../../src/temporal/request-shapes.ts'

const start = '/temporal.api.workflowservice.v1.WorkflowService/StartWorkflowExecution'

void t.test('the table has 135 methods, each under its own name and path', async (t) => {
  t.equal(methods.length, 135)
  t.equal(new Set(methods.map(({ name }) => name)).size, 135)
  for (const method of methods) {
    t.match(method.path, /^\/temporal\.api\.(workflow|operator)service\.v1\.\w+Service\/[A-Z]\w+$/)
    t.equal(methodAt(method.path), method)
    t.ok(method.verbs.length > 0, method.name)
    t.ok(Object.hasOwn(requestShapes, method.name), `${method.name} has a shape`)
  }
  t.equal(Object.keys(requestShapes).length, 135)
})

void t.test('a row says what the facts say of its method', async (t) => {
  t.strictSame(methodAt(start), {
    service: 'WorkflowService',
    name: 'StartWorkflowExecution',
    path: start,
    scope: 'namespace',
    access: 'write',
    polling: 'none',
    verbs: ['start'],
  })
  t.match(methodAt('/temporal.api.operatorservice.v1.OperatorService/ListClusters'), {
    scope: 'cluster',
    verbs: ['cluster'],
  })
})

void t.test('what only polls may wait, and a poll for tasks is work', async (t) => {
  for (const { name, polling, verbs } of methods) {
    if (name.startsWith('Poll')) t.equal(polling, 'always', name)
    if (/^Poll.*TaskQueue$/.test(name)) t.strictSame(verbs, ['work'], name)
  }
})

void t.test('no verb that changes something is given by a method that only reads', async (t) => {
  const harmless = new Set(['connect', 'read', 'browse', 'query', 'tune'])
  for (const { name, access, verbs } of methods) {
    // Reads nothing: it makes the server try out a compute provider.
    if (name === 'ValidateWorkerDeploymentVersionComputeConfig') t.strictSame(verbs, ['deploy'])
    else if (access === 'read')
      t.ok(
        verbs.every((verb) => harmless.has(verb)),
        name,
      )
    else
      t.ok(
        verbs.every((verb) => verb !== 'read' && verb !== 'connect'),
        name,
      )
  }
})

const variants = [
  start.slice(1),
  `/${start}`,
  `${start}/`,
  `${start}?x=1`,
  `${start}#x`,
  start.toLowerCase(),
  start.toUpperCase(),
  start.replace('Start', '%53tart'),
  start.replace('/Start', '//Start'),
  start.replace('/Start', '/./Start'),
  ` ${start}`,
  `${start}\0`,
  'StartWorkflowExecution',
  '/temporal.api.workflowservice.v1.WorkflowService/',
  '/temporal.api.operatorservice.v1.OperatorService/StartWorkflowExecution',
  '/temporal.server.api.adminservice.v1.AdminService/DescribeCluster',
  '/grpc.health.v1.Health/Check',
  '',
  '/',
  '__proto__',
  'constructor',
]

void t.test('a path that is not spelled exactly is no method', async (t) => {
  for (const path of variants) t.equal(methodAt(path), undefined, JSON.stringify(path))
})
