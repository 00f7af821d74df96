import t from 'tap'
import type { NarrowedField } from '../../src/core/call.ts'
import type { GrantTerms, Over } from '../../src/core/grant.ts'
import { builtInRoles } from '../../src/core/role.ts'
import { methods } from '../../src/temporal/methods.ts'
import { reachableMethods } from '../../src/temporal/reachable-methods.ts'

function reachOf(
  role: string,
  fields: readonly NarrowedField[] = [],
  over: Over = { namespace: 'payments-{environment}' },
): string[] {
  const terms: GrantTerms = {
    rule: 'r',
    role,
    over,
    verbs: new Set(builtInRoles.get(role)),
    narrowing: new Map(fields.map((field) => [field, []])),
  }
  return reachableMethods(terms).map(({ name }) => name)
}

void t.test('what is not narrowed reaches every method of its verbs', async (t) => {
  const inNamespaces = methods.filter(({ scope }) => scope === 'namespace')
  const reached = reachOf('admin')
  for (const { name } of inNamespaces) t.ok(reached.includes(name), name)
  t.notOk(reached.includes('ListNamespaces'))
})

void t.test('only a grant over the cluster reaches what concerns no namespace', async (t) => {
  const reached = reachOf('admin', [], { cluster: true })
  t.ok(reached.includes('CreateNexusEndpoint'))
  t.notOk(reached.includes('StartWorkflowExecution'))
  t.strictSame(reachOf('viewer', [], { audit: 'review' }), ['GetSystemInfo'])
})

void t.test('a narrowing reaches what has one of its fields', async (t) => {
  const byType = reachOf('caller', ['workflow_types'])
  t.ok(byType.includes('StartWorkflowExecution'))
  for (const name of ['SignalWorkflowExecution', 'GetWorkflowExecutionHistory']) {
    t.notOk(byType.includes(name), name)
  }
  const byId = reachOf('caller', ['workflow_ids'])
  t.ok(byId.includes('SignalWorkflowExecution'))
  t.ok(byId.includes('SignalWithStartWorkflowExecution'))
  t.ok(byId.includes('ExecuteMultiOperation'), 'each of whose operations has the id')
  t.notOk(byId.includes('ListWorkflowExecutions'))
})

void t.test('a worker narrowed by queue polls, and answers with its task tokens', async (t) => {
  const reached = reachOf('worker', ['task_queues'])
  const needed = [
    'PollWorkflowTaskQueue',
    'RespondWorkflowTaskCompleted',
    'PollActivityTaskQueue',
    'RespondActivityTaskCompleted',
    'RecordWorkerHeartbeat',
    'DescribeNamespace',
  ]
  for (const name of needed) t.ok(reached.includes(name), name)
  t.notOk(reached.includes('RespondActivityTaskCompletedById'))
})

void t.test('more fields never reach less, and no method is beyond an open grant', async (t) => {
  const open = new Set(reachOf('admin'))
  const one = reachOf('admin', ['workflow_types'])
  const two = new Set(reachOf('admin', ['workflow_types', 'workflow_ids']))
  for (const name of one) t.ok(two.has(name), name)
  for (const name of two) t.ok(open.has(name), name)
})
