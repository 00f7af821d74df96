import t from 'tap'
import {
  assertAllForwarded,
  assertAllRefused,
  forbidden,
  namespace,
  start,
  type Attack,
} from '../support/attacks.ts'
import { encodeRequest } from '../support/caller.ts'

const taskToken = Buffer.from('a token of a task')

const started = (fields: object) => encodeRequest('StartWorkflowExecution', fields)

/** Two messages one after the other are one message to protobuf: the last scalar wins, messages merge. */
function merged(first: object, second: object): Uint8Array {
  return Buffer.concat([started(first), started(second)])
}

const readTwice: readonly Attack[] = [
  {
    it: 'the allowed namespace first and the forbidden one last',
    request: merged(start, { namespace: forbidden }),
  },
  {
    it: 'the forbidden namespace first and the allowed one last',
    request: merged({ namespace: forbidden }, start),
  },
  {
    it: 'the allowed workflow type first and another last',
    request: merged(start, { workflowType: { name: 'Payroll' } }),
  },
  {
    it: 'another workflow type first and the allowed one last',
    request: merged({ workflowType: { name: 'Payroll' } }, start),
  },
  {
    it: 'a second task queue, which would be merged into the first',
    request: merged(start, { taskQueue: { name: 'payroll' } }),
  },
  {
    it: 'a namespace under a tag that is not in its shortest form',
    request: Buffer.concat([started(start), Buffer.from([0x8a, 0x00, 7]), Buffer.from(forbidden)]),
  },
  {
    it: 'a namespace whose length is not in its shortest form',
    request: Buffer.concat([Buffer.from([0x0a, 0x88, 0x00]), Buffer.from(namespace)]),
  },
  {
    it: 'a namespace that is a number',
    request: Buffer.concat([started({ ...start, namespace: '' }), Buffer.from([0x08, 1])]),
  },
  {
    it: 'a namespace that is not UTF-8',
    request: Buffer.concat([Buffer.from([0x0a, 2, 0xc3, 0x28])]),
  },
  {
    it: 'a group, in which other parsers look for fields',
    request: Buffer.concat([started(start), Buffer.from([0x0b, 0x0c])]),
  },
].map((row) => ({
  by: 'starter',
  method: 'StartWorkflowExecution',
  code: 'message_malformed',
  ...row,
}))

const tokenHolders = [
  'RespondWorkflowTaskCompleted',
  'RespondWorkflowTaskFailed',
  'RespondQueryTaskCompleted',
  'RecordActivityTaskHeartbeat',
  'RespondActivityTaskCompleted',
  'RespondActivityTaskFailed',
  'RespondActivityTaskCanceled',
  'RespondNexusTaskCompleted',
  'RespondNexusTaskFailed',
]

const namespaces: readonly Attack[] = [
  ...tokenHolders.map((method) => ({
    it: `CVE-2023-3485: a task token in place of the namespace of ${method}`,
    by: 'worker' as const,
    method,
    request: { taskToken },
    code: 'namespace_missing' as const,
  })),
  ...['startWorkflow', 'updateWorkflow'].map((operation) => ({
    it: `CVE-2025-14986: another namespace in ${operation} of a multi-operation`,
    by: 'admin' as const,
    method: 'ExecuteMultiOperation',
    request: { namespace, operations: [{ [operation]: { namespace: forbidden } }] },
    code: 'namespace_mismatch' as const,
  })),
  ...[
    'startChildWorkflowExecutionCommandAttributes',
    'signalExternalWorkflowExecutionCommandAttributes',
    'requestCancelExternalWorkflowExecutionCommandAttributes',
  ].map((attributes) => ({
    it: `CVE-2025-14987: another namespace in ${attributes} of a workflow task`,
    by: 'worker' as const,
    method: 'RespondWorkflowTaskCompleted',
    request: {
      namespace,
      taskToken,
      commands: [
        { completeWorkflowExecutionCommandAttributes: {} },
        { [attributes]: { namespace: forbidden, workflowId: 'payroll-1' } },
      ],
    },
    code: 'not_granted' as const,
  })),
  {
    it: 'a namespace that is named by its id',
    by: 'admin',
    method: 'DescribeNamespace',
    request: { id: '3b241101-e2bb-4255-8caf-4136c566a962' },
    code: 'namespace_missing',
  },
  {
    it: 'a namespace that is named by its id beside an allowed name',
    by: 'admin',
    method: 'DescribeNamespace',
    request: { namespace, id: '3b241101-e2bb-4255-8caf-4136c566a962' },
    code: 'namespace_missing',
  },
  {
    it: 'the deletion of a namespace by its id',
    by: 'admin',
    method: 'DeleteNamespace',
    request: { namespaceId: '3b241101-e2bb-4255-8caf-4136c566a962' },
    code: 'namespace_missing',
  },
  ...['Payments', 'payments ', 'payments\0', 'payments/../payroll', '*', 'temporal-system'].map(
    (name) => ({
      it: `a namespace that is only like the allowed one: ${JSON.stringify(name)}`,
      by: 'admin' as const,
      method: 'StartWorkflowExecution',
      request: { ...start, namespace: name },
      code: 'not_granted' as const,
    }),
  ),
  {
    it: 'a list of all namespaces, by the admin of one',
    by: 'admin',
    method: 'ListNamespaces',
    request: {},
    code: 'not_granted',
  },
]

/** What the worker of a namespace may do. */
const attributes = { workflowId: 'ledger-8' }

void t.test('requests that can be read in two ways', async (t) => assertAllRefused(t, readTwice))

void t.test('requests for other namespaces', async (t) => assertAllRefused(t, namespaces))

void t.test('what is like them and harmless is forwarded', async (t) =>
  assertAllForwarded(t, [
    {
      it: 'a start with a field that is not known yet',
      by: 'starter',
      method: 'StartWorkflowExecution',
      request: Buffer.concat([started(start), Buffer.from([0xc2, 0xbb, 0x01, 0x01, 7])]),
    },
    {
      it: 'a multi-operation within its namespace, named or not',
      by: 'admin',
      method: 'ExecuteMultiOperation',
      request: {
        namespace,
        operations: [{ startWorkflow: { namespace } }, { updateWorkflow: {} }],
      },
    },
    ...tokenHolders.map((method) => ({
      it: `${method} with its namespace`,
      by: 'worker' as const,
      method,
      request: { namespace, taskToken },
    })),
    {
      it: 'commands within the namespace, named or not',
      by: 'worker',
      method: 'RespondWorkflowTaskCompleted',
      request: {
        namespace,
        taskToken,
        commands: [
          { startChildWorkflowExecutionCommandAttributes: { ...attributes, namespace } },
          { signalExternalWorkflowExecutionCommandAttributes: attributes },
        ],
      },
    },
    {
      it: 'a namespace by its name',
      by: 'admin',
      method: 'DescribeNamespace',
      request: { namespace },
    },
  ]),
)
