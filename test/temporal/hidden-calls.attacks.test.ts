import t from 'tap'
import { describedMethods } from '../../scripts/request-shapes.ts'
import type { Call } from '../../src/core/call.ts'
import { isRefusal } from '../../src/core/refusal.ts'
import { methods } from '../../src/temporal/methods.ts'
import { readRequest } from '../../src/temporal/read-request.ts'

// What was found unread when every field of the API was judged: a test each, so that it stays seen.

interface Encoder {
  fromObject(value: object): object
  encode(message: object): { finish(): Uint8Array }
}

const namespace = 'payments'

function callOf(name: string, request: object): Call {
  const method = methods.find((candidate) => candidate.name === name)!
  const type = describedMethods().find((candidate) => candidate.name === name)!
    .request as unknown as Encoder
  const message = type.encode(type.fromObject({ namespace, ...request })).finish()
  const call = readRequest({ method, message, metadata: [], deadline: undefined })
  if (isRefusal(call)) throw new Error(call.detail)
  return call
}

const needsOf = (name: string, request: object) =>
  callOf(name, request).needs.map(({ namespace: where, verb, fields }) => ({
    where,
    verb,
    ...fields,
  }))
const objectionsTo = (name: string, request: object) =>
  callOf(name, request).objections.map(({ code }) => code)

const start = {
  workflowId: 'ledger-7',
  workflowType: { name: 'LedgerRollup' },
  taskQueue: { name: 'ledger' },
}
const [terminateIfRunning, terminateExisting] = [4, 3]
const termination = { where: namespace, verb: 'terminate', workflow_ids: 'ledger-7' }

t.test('a start that terminates what runs under its id needs `terminate` of that id', async (t) => {
  const taking = { ...start, workflowIdConflictPolicy: terminateExisting }
  const reusing = { ...start, workflowIdReusePolicy: terminateIfRunning }
  for (const request of [taking, reusing]) {
    t.hasStrict(needsOf('StartWorkflowExecution', request).at(-1), termination)
    t.hasStrict(needsOf('SignalWithStartWorkflowExecution', request).at(-1), termination)
    const operations = [{ startWorkflow: { namespace, ...request } }]
    t.hasStrict(needsOf('ExecuteMultiOperation', { operations }).at(-1), termination)
  }
  const schedule = { action: { startWorkflow: reusing } }
  t.hasStrict(needsOf('CreateSchedule', { scheduleId: 's', schedule }).at(-1), termination)
  const child = { ...reusing, namespace: 'payroll' }
  const commands = [{ startChildWorkflowExecutionCommandAttributes: child }]
  t.hasStrict(needsOf('RespondWorkflowTaskCompleted', { commands }).at(-1), {
    ...termination,
    where: 'payroll',
  })
})

t.test('a start that leaves what runs under its id alone needs no more than `start`', async (t) => {
  const [rejectDuplicate, useExisting] = [3, 2]
  const keeping = {
    ...start,
    workflowIdReusePolicy: rejectDuplicate,
    workflowIdConflictPolicy: useExisting,
  }
  t.same(
    needsOf('StartWorkflowExecution', keeping).map(({ verb }) => verb),
    ['start'],
  )
})

t.test('moving an activity to another task queue is held against that queue', async (t) => {
  const activityOptions = { taskQueue: { name: 'payroll' } }
  const moved = { verb: 'control', workflow_ids: 'ledger-7', task_queues: 'payroll' }
  const execution = { workflowId: 'ledger-7' }
  t.hasStrict(needsOf('UpdateActivityOptions', { execution, activityOptions }).at(-1), moved)
  const byId = { workflowId: 'ledger-7', activityOptions }
  t.hasStrict(needsOf('UpdateActivityExecutionOptions', byId).at(-1), moved)
  const stays = { workflowId: 'ledger-7', activityOptions: { startToCloseTimeout: { seconds: 1 } } }
  t.equal(needsOf('UpdateActivityExecutionOptions', stays).length, 1)
})

t.test('heartbeats are held against their queues, whatever call brings them', async (t) => {
  const foreign = { where: namespace, verb: 'work', task_queues: 'payroll' }
  const workerHeartbeat = { taskQueue: 'payroll' }
  t.hasStrict(needsOf('ShutdownWorker', { taskQueue: 'ledger', workerHeartbeat }).at(-1), foreign)
  const poll = { taskQueue: { name: 'ledger' }, workerHeartbeat: [workerHeartbeat] }
  t.hasStrict(needsOf('PollNexusTaskQueue', poll).at(-1), foreign)
  t.same(needsOf('RecordWorkerHeartbeat', { workerHeartbeat: [workerHeartbeat] }), [foreign])
  t.same(needsOf('RecordWorkerHeartbeat', {}), [{ ...foreign, task_queues: '' }])
})

t.test('no queue, workflow or type of the server is reached from inside a request', async (t) => {
  const system = 'temporal-sys-per-ns-tq'
  const taskQueue = { name: system }
  const inside: [method: string, request: object][] = [
    ...[
      { scheduleActivityTaskCommandAttributes: { taskQueue } },
      { continueAsNewWorkflowExecutionCommandAttributes: { taskQueue } },
      { continueAsNewWorkflowExecutionCommandAttributes: { workflowType: { name: system } } },
    ].map((command): [string, object] => ['RespondWorkflowTaskCompleted', { commands: [command] }]),
    ['RespondWorkflowTaskCompleted', { stickyAttributes: { workerTaskQueue: taskQueue } }],
    ['UpdateActivityOptions', { activityOptions: { taskQueue } }],
    ['StartBatchOperation', { updateActivityOptionsOperation: { activityOptions: { taskQueue } } }],
    ['StartBatchOperation', { terminationOperation: {}, executions: [{ workflowId: system }] }],
    [
      'StartBatchOperation',
      { terminationOperation: {}, targetExecutions: [{ businessId: system }] },
    ],
  ]
  for (const [method, request] of inside) {
    t.same(objectionsTo(method, request), ['nested_call_refused'], JSON.stringify(request))
    const harmless = JSON.parse(JSON.stringify(request).replaceAll(system, 'ledger'))
    t.same(objectionsTo(method, harmless), [], 'and with a name of their own it is let through')
  }
})

t.test(
  'a signal with a start is narrowed as the plain signal is, not by the type it starts',
  async (t) => {
    const [first, second] = needsOf('SignalWithStartWorkflowExecution', {
      ...start,
      signalName: 'approve',
    })
    const signal = {
      where: namespace,
      verb: 'signal',
      workflow_ids: 'ledger-7',
      handlers: 'approve',
    }
    t.hasStrict(first, { verb: 'start', workflow_types: 'LedgerRollup', task_queues: 'ledger' })
    t.strictSame(second, signal, 'what is signalled may be of any type')
  },
)

t.test(
  'a schedule is named by its id, and one that is there is narrowed by nothing else',
  async (t) => {
    const schedule = { action: { startWorkflow: start } }
    const named = { where: namespace, verb: 'schedule', workflow_ids: 'ledger-nightly' }
    const request = { scheduleId: 'ledger-nightly', schedule }
    t.hasStrict(needsOf('CreateSchedule', request)[0], {
      ...named,
      workflow_types: 'LedgerRollup',
      task_queues: 'ledger',
    })
    t.strictSame(needsOf('UpdateSchedule', request)[0], named)
    t.strictSame(needsOf('DeleteSchedule', { scheduleId: 'ledger-nightly' })[0], named)
    t.strictSame(needsOf('DescribeSchedule', { scheduleId: 'ledger-nightly' })[0], {
      ...named,
      verb: 'read',
    })
  },
)

t.test('a workflow task asks of another namespace what any caller would have to', async (t) => {
  const asked = (attributes: object) =>
    needsOf('RespondWorkflowTaskCompleted', { taskToken: Buffer.of(1), commands: [attributes] })
  t.strictSame(
    asked({
      signalExternalWorkflowExecutionCommandAttributes: {
        namespace: 'payroll',
        execution: { workflowId: 'payroll-1' },
        signalName: 'approve',
      },
    }).at(-1),
    { where: 'payroll', verb: 'signal', workflow_ids: 'payroll-1', handlers: 'approve' },
  )
  t.strictSame(
    asked({
      requestCancelExternalWorkflowExecutionCommandAttributes: {
        namespace: 'payroll',
        workflowId: 'payroll-1',
      },
    }).at(-1),
    { where: 'payroll', verb: 'cancel', workflow_ids: 'payroll-1' },
  )
  const own = { namespace, workflowId: 'ledger-8' }
  t.equal(asked({ requestCancelExternalWorkflowExecutionCommandAttributes: own }).length, 1)
})
