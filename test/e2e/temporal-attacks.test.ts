import t from 'tap'
import { createCaller, decodeResponse } from '../support/caller.ts'
import { startSallyport } from '../support/sallyport.ts'
import { startTemporal } from '../support/temporal.ts'

// That nothing at all goes upstream is proved on a stand-in that counts bytes (refusals-*.test.ts). Here
// the real server, which would carry each of these out, is asked afterwards whether it did.

t.setTimeout(120_000)

const narrowed = 'workflow_types: [LedgerRollup], task_queues: [ledger], workflow_ids: ["ledger-*"]'
const machines = `
  - name: everything-but-narrowed
    issuer: gitlab
    match: { project_id: "48210377" }
    grants:
      - { namespace: payments, role: caller, ${narrowed} }
      - { namespace: payments, role: scheduler, ${narrowed} }
      - { namespace: payments, role: operator, workflow_ids: ["ledger-*"] }
      - { namespace: payments, role: worker, task_queues: [ledger] }
`

const namespace = 'payments'
const start = {
  namespace,
  workflowId: 'ledger-1',
  workflowType: { name: 'LedgerRollup' },
  taskQueue: { name: 'ledger' },
  requestId: 'r-1',
}
const other = { ...start, workflowType: { name: 'Payroll' } }
const victim = { workflowId: 'payroll-1' }
const multiOperation = (inner: object) => ({ operations: [{ startWorkflow: inner }] })
const scheduled = (action: object) => ({
  scheduleId: 'ledger-nightly',
  schedule: { spec: {}, action: { startWorkflow: action } },
})

const attacks: readonly [what: string, method: string, request: object, code: string][] = [
  ['a start of another type', 'StartWorkflowExecution', other, 'not_granted'],
  [
    'a signal that starts another type',
    'SignalWithStartWorkflowExecution',
    { ...other, signalName: 'go' },
    'not_granted',
  ],
  [
    'an update that starts another type',
    'ExecuteMultiOperation',
    multiOperation(other),
    'not_granted',
  ],
  [
    'an update that starts elsewhere',
    'ExecuteMultiOperation',
    multiOperation({ ...start, namespace: 'payroll' }),
    'namespace_mismatch',
  ],
  ['a schedule of another type', 'CreateSchedule', scheduled(other), 'not_granted'],
  ['another schedule', 'DeleteSchedule', { scheduleId: 'payroll-nightly' }, 'not_granted'],
  [
    'a trigger of what cannot be seen',
    'PatchSchedule',
    { scheduleId: 'ledger-nightly', patch: { triggerImmediately: {} } },
    'not_granted',
  ],
  [
    'a batch over everything',
    'StartBatchOperation',
    { visibilityQuery: 'true', jobId: 'b', reason: 'r', terminationOperation: {} },
    'not_granted',
  ],
  [
    'a termination of another workflow',
    'TerminateWorkflowExecution',
    { workflowExecution: victim },
    'not_granted',
  ],
  [
    'a reset with a signal after it',
    'ResetWorkflowExecution',
    {
      workflowExecution: victim,
      postResetOperations: [{ signalWorkflow: { signalName: 'go' } }],
    },
    'not_granted',
  ],
  [
    'a start that terminates what runs',
    'StartWorkflowExecution',
    { ...start, workflowId: 'payroll-1', workflowIdConflictPolicy: 3 },
    'not_granted',
  ],
  [
    'a start that calls a URL when it ends',
    'StartWorkflowExecution',
    { ...start, completionCallbacks: [{ nexus: { url: 'http://127.0.0.1:1' } }] },
    'nested_call_refused',
  ],
  [
    'a start on a queue of the server itself',
    'StartWorkflowExecution',
    { ...start, taskQueue: { name: 'temporal-sys-per-ns-tq' } },
    'nested_call_refused',
  ],
  [
    'a sticky poll of another queue',
    'PollWorkflowTaskQueue',
    { taskQueue: { name: 'payroll', kind: 2, normalName: 'ledger' } },
    'not_granted',
  ],
  [
    'an answer to a workflow task that starts a child elsewhere',
    'RespondWorkflowTaskCompleted',
    {
      taskToken: Buffer.from('token'),
      commands: [
        {
          commandType: 11,
          startChildWorkflowExecutionCommandAttributes: { ...start, namespace: 'payroll' },
        },
      ],
    },
    'not_granted',
  ],
  ['everything there is', 'ListWorkflowExecutions', {}, 'not_granted'],
  [
    'another namespace',
    'StartWorkflowExecution',
    { ...start, namespace: 'payroll' },
    'not_granted',
  ],
]

t.test('calls that hide calls change nothing on the real server', async (t) => {
  const temporal = await startTemporal({ namespaces: [namespace, 'payroll'] })
  t.teardown(temporal.stop)
  const direct = createCaller({ address: temporal.address })
  t.teardown(direct.close)
  const running = { ...start, workflowId: 'payroll-1', workflowType: { name: 'Payroll' } }
  t.equal((await direct.call('StartWorkflowExecution', running)).status, 0)
  const sallyport = await startSallyport(t, { machines, upstreamAddress: temporal.address })
  const caller = sallyport.caller()

  for (const [what, method, request, code] of attacks) {
    const before = sallyport.entries().length
    const reply = await caller.call(method, { namespace, ...request }, { deadlineMs: 10_000 })
    t.match(reply, { status: 7, words: new RegExp(`\\[${code} d-`) }, what)
    t.match(sallyport.entries().slice(before), [{ kind: 'decision', outcome: 'refused', code }])
    t.equal(sallyport.entries().length, before + 1, `${what}: one entry`)
  }

  const described = await direct.call('DescribeWorkflowExecution', { namespace, execution: victim })
  const { workflowExecutionInfo } = decodeResponse(
    'DescribeWorkflowExecution',
    described.message ?? Buffer.of(),
  ) as { workflowExecutionInfo: { status: number; historyLength: { toNumber(): number } } }
  t.equal(workflowExecutionInfo.status, 1, 'the workflow that was attacked still runs')
  t.equal(workflowExecutionInfo.historyLength.toNumber(), 2, 'and nobody has touched it')
  const gone = { namespace, execution: { workflowId: 'ledger-1' } }
  t.equal((await direct.call('DescribeWorkflowExecution', gone)).status, 5, 'nothing was started')
  const elsewhere = { ...gone, namespace: 'payroll' }
  t.equal((await direct.call('DescribeWorkflowExecution', elsewhere)).status, 5)
  const schedule = { namespace, scheduleId: 'ledger-nightly' }
  t.equal((await direct.call('DescribeSchedule', schedule)).status, 5, 'nothing was scheduled')

  t.equal((await caller.call('StartWorkflowExecution', start)).status, 0, 'what is granted works')
})
