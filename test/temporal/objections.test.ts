import t from 'tap'
import { methods } from '../../src/temporal/methods.ts'
import { callOf, methodOf } from '../support/decision-parts.ts'
import { isRefusal } from '../../src/core/refusal.ts'
import { readRequest } from '../../src/temporal/read-request.ts'

const namespace = 'payments'

function codesOf(name: string, request: object): string[] {
  return callOf(name, request).objections.map(({ code }) => code)
}

void t.test('every method of a namespace must name it, task token or not', async (t) => {
  for (const { name, scope } of methods) {
    const [objection] = callOf(name, { taskToken: Buffer.from('t') }).objections
    t.equal(objection?.code, scope === 'namespace' ? 'namespace_missing' : undefined, name)
  }
})

void t.test('a request that names its namespace has nothing against it', async (t) => {
  const empty = new Set(['StartBatchOperation'])
  for (const { name } of methods.filter(({ scope }) => scope === 'namespace')) {
    t.strictSame(codesOf(name, { namespace }), empty.has(name) ? ['nested_call_refused'] : [], name)
  }
})

void t.test('a namespace is called by its name, not by its id', async (t) => {
  t.strictSame(codesOf('DescribeNamespace', { id: 'uuid' }), ['namespace_missing'])
  t.strictSame(codesOf('DescribeNamespace', { namespace, id: 'uuid' }), ['namespace_missing'])
  t.strictSame(codesOf('DeleteNamespace', { namespace, namespaceId: 'uuid' }), [
    'namespace_missing',
  ])
  t.strictSame(codesOf('DescribeNamespace', { namespace }), [])
})

const command = (attributes: object) => ({ taskToken: Buffer.from('t'), commands: [attributes] })

/** Requests that name a namespace inside, as a function of that name. */
const nesting: readonly [name: string, request: (inner: string) => object][] = [
  [
    'ExecuteMultiOperation',
    (inner) => ({ operations: [{ startWorkflow: { namespace: inner, workflowId: 'w' } }] }),
  ],
  [
    'ExecuteMultiOperation',
    (inner) => ({
      operations: [
        { startWorkflow: { namespace } },
        { updateWorkflow: { namespace: inner, firstExecutionRunId: 'r' } },
      ],
    }),
  ],
]

void t.test('a command to another namespace is a need there, not an objection', async (t) => {
  const attributes = [
    'startChildWorkflowExecutionCommandAttributes',
    'signalExternalWorkflowExecutionCommandAttributes',
    'requestCancelExternalWorkflowExecutionCommandAttributes',
  ]
  for (const name of attributes) {
    const request = { namespace, ...command({ [name]: { namespace: 'payroll' } }) }
    t.strictSame(codesOf('RespondWorkflowTaskCompleted', request), [], name)
  }
})

for (const [name, request] of nesting) {
  const where = JSON.stringify(request('?')).match(/"(\w+)":\{[^{}]*"namespace":"\?"/)?.[1]
  void t.test(`${name} may name no other namespace in ${where}`, async (t) => {
    t.strictSame(codesOf(name, { namespace, ...request('payroll') }), ['namespace_mismatch'])
    t.strictSame(codesOf(name, { namespace, ...request(namespace) }), [])
    t.strictSame(codesOf(name, { namespace, ...request('') }), [])
  })
}

void t.test('a namespace that is sent inside, but empty, is the one outside', async (t) => {
  const empty = Uint8Array.of(0x0a, 1, 0x6e, 0x12, 4, 0x0a, 2, 0x0a, 0)
  const method = methodOf('ExecuteMultiOperation')
  const call = readRequest({ method, message: empty, metadata: [], deadline: undefined })
  t.strictSame(isRefusal(call) ? call : call.objections, [])
})

const callbacks = { completionCallbacks: [{ nexus: { url: 'http://169.254.169.254/' } }] }

void t.test('nobody may make the server call a URL', async (t) => {
  const refused = ['nested_call_refused']
  t.strictSame(codesOf('StartWorkflowExecution', { namespace, ...callbacks }), refused)
  t.strictSame(codesOf('StartWorkflowExecution', { namespace, completionCallbacks: [{}] }), refused)
  t.strictSame(codesOf('StartActivityExecution', { namespace, ...callbacks }), refused)
  t.strictSame(codesOf('UpdateWorkflowExecution', { namespace, request: callbacks }), refused)
  const operations = [{ startWorkflow: callbacks }, { updateWorkflow: { request: callbacks } }]
  for (const operation of operations) {
    t.strictSame(codesOf('ExecuteMultiOperation', { namespace, operations: [operation] }), refused)
  }
})

void t.test('an operation that is not known is refused, not skipped', async (t) => {
  const refused = ['nested_call_refused']
  const fine = { startWorkflow: { workflowId: 'w' } }
  t.strictSame(codesOf('ExecuteMultiOperation', { namespace, operations: [fine, {}] }), refused)
  t.strictSame(codesOf('ExecuteMultiOperation', { namespace, operations: [fine] }), [])
  t.strictSame(codesOf('ResetWorkflowExecution', { namespace, postResetOperations: [{}] }), refused)
  const signalling = { signalWorkflow: { signalName: 'poke' } }
  t.strictSame(
    codesOf('ResetWorkflowExecution', { namespace, postResetOperations: [signalling] }),
    [],
  )
  const resetOperation = { postResetOperations: [signalling, {}] }
  t.strictSame(codesOf('StartBatchOperation', { namespace, resetOperation }), refused)
})

void t.test('a batch must carry an operation that is known', async (t) => {
  const request = { namespace, terminationOperation: {} }
  t.strictSame(codesOf('StartBatchOperation', request), [])
  const newer = Uint8Array.of(0x0a, 1, 0x6e, 0xea, 0x07, 0)
  const method = methodOf('StartBatchOperation')
  const call = readRequest({ method, message: newer, metadata: [], deadline: undefined })
  t.match(isRefusal(call) ? [] : call.objections, [{ code: 'nested_call_refused' }])
})

const system: readonly [name: string, request: (name: string) => object][] = [
  ['StartWorkflowExecution', (name) => ({ workflowId: name })],
  ['StartWorkflowExecution', (name) => ({ workflowType: { name } })],
  ['StartWorkflowExecution', (name) => ({ taskQueue: { name } })],
  ['SignalWorkflowExecution', (workflowId) => ({ workflowExecution: { workflowId } })],
  ['TerminateWorkflowExecution', (workflowId) => ({ workflowExecution: { workflowId } })],
  ['QueryWorkflow', (workflowId) => ({ execution: { workflowId } })],
  ['PollWorkflowTaskQueue', (name) => ({ taskQueue: { name } })],
  ['PollWorkflowTaskQueue', (normalName) => ({ taskQueue: { name: 'h', kind: 2, normalName } })],
  ['PollActivityTaskQueue', (name) => ({ taskQueue: { name } })],
  ['UpdateTaskQueueConfig', (taskQueue) => ({ taskQueue })],
  ['RecordWorkerHeartbeat', (taskQueue) => ({ workerHeartbeat: [{ taskQueue }] })],
  [
    'CreateSchedule',
    (name) => ({ schedule: { action: { startWorkflow: { workflowType: { name } } } } }),
  ],
  [
    'ExecuteMultiOperation',
    (name) => ({ operations: [{ startWorkflow: { taskQueue: { name } } }] }),
  ],
]

for (const [name, request] of system) {
  void t.test(
    `${name} may not act on the server itself by ${JSON.stringify(request('?'))}`,
    async (t) => {
      for (const prefix of ['temporal-sys-scheduler', '/_sys/x/1']) {
        t.strictSame(codesOf(name, { namespace, ...request(prefix) }), ['nested_call_refused'])
      }
      t.strictSame(codesOf(name, { namespace, ...request('ledger') }), [])
    },
  )
}

void t.test('workflows of the server itself may be looked at', async (t) => {
  const workflowId = 'temporal-sys-scheduler:nightly'
  for (const name of ['DescribeWorkflowExecution', 'GetWorkflowExecutionHistory']) {
    t.strictSame(codesOf(name, { namespace, execution: { workflowId } }), [], name)
  }
})

void t.test('the gravest objection comes first, and no detail repeats what was sent', async (t) => {
  const { objections } = callOf('ExecuteMultiOperation', {
    namespace,
    operations: [
      { startWorkflow: { namespace: 'payroll', workflowId: 'temporal-sys-x', ...callbacks } },
      {},
    ],
  })
  t.strictSame(
    objections.map(({ code }) => code),
    ['namespace_mismatch', 'nested_call_refused', 'nested_call_refused', 'nested_call_refused'],
  )
  for (const { detail } of objections) t.notMatch(detail, /payroll|temporal-sys|169/)
})
