import t from 'tap'
import { encodeMessage } from '../../src/temporal/encode-request.ts'
import { methods } from '../../src/temporal/methods.ts'
import { readRequest } from '../../src/temporal/read-request.ts'
import { InvalidRequestJson, readRequestJson } from '../../src/temporal/request-json.ts'
import { requestShapes } from '../../src/temporal/request-shapes.ts'
import type { Shape } from '../../src/temporal/shape.ts'
import { encodeRequest } from '../support/caller.ts'

function read(name: string, json: unknown) {
  return readRequestJson(requestShapes[name] ?? new Map(), json)
}

function needsOf(name: string, message: Uint8Array) {
  const method = methods.find((known) => known.name === name)
  if (method === undefined) throw new Error(name)
  const call = readRequest({ method, message, metadata: [], deadline: undefined })
  return 'refused' in call ? call : { needs: call.needs, objections: call.objections }
}

const requests: readonly (readonly [method: string, json: object])[] = [
  [
    'StartWorkflowExecution',
    {
      namespace: 'n',
      workflowId: 'w',
      workflowType: { name: 't' },
      taskQueue: { name: 'q', kind: 1 },
      requestEagerExecution: true,
    },
  ],
  [
    'StartWorkflowExecution',
    { namespace: 'n', completionCallbacks: [{ nexus: { url: 'https://x' } }] },
  ],
  [
    'PollWorkflowTaskQueue',
    {
      namespace: 'n',
      taskQueue: {
        name: 'h:00000000-0000-4000-8000-000000000000',
        kind: 'TASK_QUEUE_KIND_STICKY',
        normalName: 'q',
      },
    },
  ],
  [
    'ExecuteMultiOperation',
    {
      namespace: 'n',
      operations: [
        { startWorkflow: { namespace: 'n', workflowId: 'w', workflowType: { name: 't' } } },
        {
          updateWorkflow: {
            namespace: 'm',
            workflowExecution: { workflowId: 'w' },
            request: { input: { name: 'u' } },
          },
        },
      ],
    },
  ],
  [
    'CreateSchedule',
    {
      namespace: 'n',
      schedule: { action: { startWorkflow: { workflowId: 'w', workflowType: { name: 't' } } } },
    },
  ],
  [
    'PatchSchedule',
    { namespace: 'n', patch: { triggerImmediately: {}, backfillRequest: [{}, {}] } },
  ],
  ['StartBatchOperation', { namespace: 'n', terminationOperation: {} }],
  [
    'StartBatchOperation',
    {
      namespace: 'n',
      resetOperation: { postResetOperations: [{ signalWorkflow: { signalName: 's' } }] },
    },
  ],
  [
    'RespondWorkflowTaskCompleted',
    {
      namespace: 'n',
      taskToken: 'AQI=',
      commands: [
        {
          commandType: 7,
          signalExternalWorkflowExecutionCommandAttributes: {
            namespace: 'm',
            execution: { workflowId: 'w' },
            signalName: 's',
          },
        },
      ],
    },
  ],
]

void t.test('a request in JSON is decided on as the official encoder would write it', async (t) => {
  for (const [name, json] of requests) {
    const { content } = read(name, json)
    const official = encodeRequest(
      name,
      JSON.parse(JSON.stringify(json), (key, value: unknown) =>
        key === 'kind' && value === 'TASK_QUEUE_KIND_STICKY' ? 2 : value,
      ) as object,
    )
    t.same(
      needsOf(name, encodeMessage(requestShapes[name] ?? new Map(), content)),
      needsOf(name, official),
      name,
    )
  }
})

void t.test('names may be in snake case, and null is the same as nothing', async (t) => {
  const snake = { workflow_id: 'w', workflow_type: { name: 't' }, task_queue: null, namespace: 'n' }
  const camel = { workflowId: 'w', workflowType: { name: 't' }, namespace: 'n' }
  t.same(
    read('StartWorkflowExecution', snake).content,
    read('StartWorkflowExecution', camel).content,
  )
})

void t.test('values that mean nothing are left out', async (t) => {
  t.same(read('StartWorkflowExecution', { requestEagerExecution: false }).content, {
    request_eager_execution: undefined,
  })
  t.same(read('RespondWorkflowTaskFailed', { taskToken: '' }).content, { task_token: undefined })
})

void t.test('fields that no decision looks at are named, with those that are', async (t) => {
  const { unread } = read('StartWorkflowExecution', {
    workflowIdd: 'w',
    workflowType: { nam: 't' },
    input: {},
  })
  t.same(
    unread.map(({ path }) => path),
    ['workflowIdd', 'workflowType.nam', 'input'],
  )
  t.ok(unread[0]?.known.includes('workflowId'))
  t.notOk(unread[0]?.known.includes('workflowType'))
  t.same(unread[1]?.known, ['name'])
})

void t.test('what is of the wrong kind is refused with its place', async (t) => {
  const cases: readonly (readonly [string, unknown, RegExp])[] = [
    ['StartWorkflowExecution', [], /^the request must be an object, not a list$/],
    ['StartWorkflowExecution', null, /the request must be an object, not null/],
    [
      'StartWorkflowExecution',
      { namespace: 7 },
      /namespace in the request must be text, not number/,
    ],
    [
      'StartWorkflowExecution',
      { taskQueue: 'q' },
      /taskQueue in the request must be an object, not string/,
    ],
    [
      'StartWorkflowExecution',
      { requestEagerExecution: 'yes' },
      /must be true, false, a whole number/,
    ],
    ['StartWorkflowExecution', { requestEagerExecution: -1 }, /a whole number/],
    ['StartWorkflowExecution', { requestEagerExecution: 2 ** 32 }, /a whole number/],
    ['StartWorkflowExecution', { requestEagerExecution: 1.5 }, /a whole number/],
    ['StartWorkflowExecution', { completionCallbacks: 'x' }, /must be an object or a list/],
    [
      'RespondWorkflowTaskFailed',
      { taskToken: 7 },
      /taskToken in the request must be bytes as base64 text/,
    ],
    [
      'ExecuteMultiOperation',
      { operations: {} },
      /operations in the request must be a list, not object/,
    ],
    [
      'ExecuteMultiOperation',
      { operations: [{ startWorkflow: 1 }] },
      /operations\[0\]\.startWorkflow in the request must be an object/,
    ],
    ['StartWorkflowExecution', { workflowId: 'a', workflow_id: 'b' }, /workflow_id is given twice/],
  ]
  for (const [name, json, message] of cases) {
    t.throws(() => read(name, json), { name: 'InvalidRequestJson', message })
  }
  t.ok(new InvalidRequestJson('x') instanceof Error)
})

void t.test('a message whose fields are all of no interest is read as empty', async (t) => {
  const shape: Shape = new Map([[1, { name: 'inner', kind: 'message', repeated: false }]])
  const { content, unread } = readRequestJson(shape, { inner: { x: 1 } })
  t.same(content, { inner: {} })
  t.same(unread, [{ path: 'inner.x', name: 'x', known: [] }])
})
