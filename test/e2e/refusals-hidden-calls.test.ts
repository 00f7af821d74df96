import t from 'tap'
import {
  assertAllForwarded,
  assertAllRefused,
  namespace,
  start,
  type Attack,
} from '../support/attacks.ts'

const execution = { workflowId: 'ledger-7' }
const update = {
  namespace,
  workflowExecution: execution,
  request: { input: { name: 'approve' } },
}
const action = { ...start, namespace: undefined }
const url = 'http://169.254.169.254/latest/meta-data'
const completionCallbacks = [{ nexus: { url } }]

function scheduled(action: object): object {
  return {
    namespace,
    scheduleId: 'ledger-nightly',
    schedule: { action: { startWorkflow: action } },
  }
}

const othersWork: readonly Attack[] = [
  {
    it: 'a start of another type inside a multi-operation',
    by: 'caller',
    method: 'ExecuteMultiOperation',
    request: {
      namespace,
      operations: [
        { startWorkflow: { ...start, workflowType: { name: 'Payroll' } } },
        { updateWorkflow: update },
      ],
    },
  },
  {
    it: 'an update inside a multi-operation, by one who may only start',
    by: 'starter',
    method: 'ExecuteMultiOperation',
    request: { namespace, operations: [{ startWorkflow: start }, { updateWorkflow: update }] },
  },
  {
    it: 'a multi-operation without operations',
    by: 'starter',
    method: 'ExecuteMultiOperation',
    request: { namespace },
  },
  {
    it: 'a start that hides in a signal, by one who may only signal',
    by: 'operator',
    method: 'SignalWithStartWorkflowExecution',
    request: { ...start, signalName: 'approve' },
  },
  ...['CreateSchedule', 'UpdateSchedule'].map((method) => ({
    it: `a schedule whose action starts another type: ${method}`,
    by: 'scheduler' as const,
    method,
    request: scheduled({ ...action, workflowType: { name: 'Payroll' } }),
  })),
  {
    it: 'a schedule without an action that can be seen',
    by: 'scheduler',
    method: 'CreateSchedule',
    request: { namespace, scheduleId: 'ledger-nightly' },
  },
  ...[{ triggerImmediately: {} }, { backfillRequest: [{}] }].map((patch) => ({
    it: `${Object.keys(patch).join()} of a schedule, whose type cannot be seen`,
    by: 'scheduler' as const,
    method: 'PatchSchedule',
    request: { namespace, scheduleId: 'ledger-nightly', patch },
  })),
  ...['signalOperation', 'deletionOperation', 'resetOperation', 'terminationOperation'].map(
    (operation) => ({
      it: `CVE-2026-5199: a batch with ${operation}, by one who may touch some workflows only`,
      by: 'keeper' as const,
      method: 'StartBatchOperation',
      request: { namespace, visibilityQuery: 'WorkflowType != ""', jobId: 'j', [operation]: {} },
    }),
  ),
  {
    it: 'a batch, by one who may do one workflow at a time what it does',
    by: 'operator',
    method: 'StartBatchOperation',
    request: { namespace, jobId: 'j', terminationOperation: {} },
  },
  {
    it: 'a signal that may not be sent, as a post-reset operation',
    by: 'operator',
    method: 'ResetWorkflowExecution',
    request: {
      namespace,
      workflowExecution: execution,
      postResetOperations: [{ signalWorkflow: { signalName: 'pay-out' } }],
    },
  },
  {
    it: 'an eager start, which hands out a task, by one who may not work',
    by: 'starter',
    method: 'StartWorkflowExecution',
    request: { ...start, requestEagerExecution: true },
  },
  {
    it: 'the result of an activity, forged by ids alone',
    by: 'starter',
    method: 'RespondActivityTaskCompletedById',
    request: { namespace, workflowId: 'ledger-7', activityId: '1' },
  },
  {
    it: 'a poll of a queue of others',
    by: 'worker',
    method: 'PollWorkflowTaskQueue',
    request: { namespace, taskQueue: { name: 'payroll' } },
  },
  {
    it: 'a poll of a queue of others that claims to be sticky',
    by: 'worker',
    method: 'PollWorkflowTaskQueue',
    request: { namespace, taskQueue: { name: 'payroll', kind: 2, normalName: 'ledger' } },
  },
  {
    it: 'a heartbeat for a worker of others behind one of its own',
    by: 'worker',
    method: 'RecordWorkerHeartbeat',
    request: { namespace, workerHeartbeat: [{ taskQueue: 'ledger' }, { taskQueue: 'payroll' }] },
  },
  {
    it: 'a query that shows the stack of a workflow',
    by: 'caller',
    method: 'QueryWorkflow',
    request: { namespace, execution, query: { queryType: '__stack_trace' } },
  },
  {
    it: 'an activity on its own, by one who may only start workflows',
    by: 'starter',
    method: 'StartActivityExecution',
    request: { namespace, taskQueue: { name: 'ledger' } },
  },
].map((row) => ({ code: 'not_granted', ...row }) as Attack)

const nested: readonly Attack[] = [
  {
    it: 'a start with a completion callback',
    method: 'StartWorkflowExecution',
    request: { ...start, completionCallbacks },
  },
  {
    it: 'a start with a completion callback inside a multi-operation',
    method: 'ExecuteMultiOperation',
    request: { namespace, operations: [{ startWorkflow: { ...start, completionCallbacks } }] },
  },
  {
    it: 'an update with a completion callback',
    method: 'UpdateWorkflowExecution',
    request: { ...update, request: { ...update.request, completionCallbacks } },
  },
  {
    it: 'an activity with a completion callback',
    method: 'StartActivityExecution',
    request: { namespace, taskQueue: { name: 'ledger' }, completionCallbacks },
  },
  {
    it: 'a batch of no operation that is known',
    method: 'StartBatchOperation',
    request: { namespace, jobId: 'j', visibilityQuery: 'x' },
  },
  {
    it: 'a post-reset operation that is not known',
    method: 'ResetWorkflowExecution',
    request: { namespace, workflowExecution: execution, postResetOperations: [{}] },
  },
  {
    it: 'a post-reset operation that is not known, inside a batch',
    method: 'StartBatchOperation',
    request: { namespace, resetOperation: { postResetOperations: [{}] } },
  },
  {
    it: 'a start on a queue of the server itself',
    method: 'StartWorkflowExecution',
    request: { ...start, taskQueue: { name: 'temporal-sys-per-ns-tq' } },
  },
  {
    it: 'a start of a type of the server itself',
    method: 'StartWorkflowExecution',
    request: { ...start, workflowType: { name: 'temporal-sys-scheduler-workflow' } },
  },
  {
    it: 'a schedule that starts a type of the server itself',
    method: 'CreateSchedule',
    request: scheduled({ workflowType: { name: 'temporal-sys-batch-workflow' } }),
  },
  {
    it: 'a signal to the workflow behind a schedule',
    method: 'SignalWorkflowExecution',
    request: {
      namespace,
      workflowExecution: { workflowId: 'temporal-sys-scheduler:nightly' },
      signalName: 'patch',
    },
  },
  {
    it: 'a poll of a partition of a queue',
    method: 'PollActivityTaskQueue',
    request: { namespace, taskQueue: { name: '/_sys/payroll/1' } },
  },
].map((row) => ({ by: 'admin', code: 'nested_call_refused', ...row }))

void t.test('requests that hide work of others', async (t) => assertAllRefused(t, othersWork))

void t.test('requests that hide what nobody may', async (t) => assertAllRefused(t, nested))

void t.test('what is like them and harmless is forwarded', async (t) =>
  assertAllForwarded(t, [
    {
      it: 'a start and an update that are granted, in a multi-operation',
      by: 'caller',
      method: 'ExecuteMultiOperation',
      request: { namespace, operations: [{ startWorkflow: start }, { updateWorkflow: update }] },
    },
    {
      it: 'a start that hides in a signal, by one who may do both',
      by: 'caller',
      method: 'SignalWithStartWorkflowExecution',
      request: { ...start, signalName: 'approve' },
    },
    {
      it: 'a schedule of what may be started',
      by: 'scheduler',
      method: 'CreateSchedule',
      request: scheduled(action),
    },
    {
      it: 'a reset with a signal that may be sent',
      by: 'operator',
      method: 'ResetWorkflowExecution',
      request: {
        namespace,
        workflowExecution: execution,
        postResetOperations: [{ signalWorkflow: { signalName: 'approve' } }],
      },
    },
    {
      it: 'a batch, by one who may do everything',
      by: 'admin',
      method: 'StartBatchOperation',
      request: { namespace, jobId: 'j', resetOperation: {} },
    },
    {
      it: 'a trigger of a schedule, by one who may do everything',
      by: 'admin',
      method: 'PatchSchedule',
      request: { namespace, scheduleId: 'ledger-nightly', patch: { triggerImmediately: {} } },
    },
    {
      it: 'a deletion, by one who may do everything to some workflows',
      by: 'keeper',
      method: 'DeleteWorkflowExecution',
      request: { namespace, workflowExecution: execution },
    },
    {
      it: 'an eager start, by one who may do everything',
      by: 'admin',
      method: 'StartWorkflowExecution',
      request: { ...start, requestEagerExecution: true },
    },
    {
      it: 'a poll of a queue that may be worked',
      by: 'worker',
      method: 'PollWorkflowTaskQueue',
      request: { namespace, taskQueue: { name: 'ledger' } },
    },
    {
      it: 'heartbeats for a queue that may be worked',
      by: 'worker',
      method: 'RecordWorkerHeartbeat',
      request: { namespace, workerHeartbeat: [{ taskQueue: 'ledger' }] },
    },
  ]),
)
