import t from 'tap'
import type { Need } from '../../src/core/call.ts'
import { batchOperations, hiddenNeeds } from '../../src/temporal/hidden-calls.ts'
import { readMessage, type Reading } from '../../src/temporal/reading.ts'
import { requestShapes } from '../../src/temporal/request-shapes.ts'
import { encodeRequest } from '../support/caller.ts'

const namespace = 'payments'

function readingOf(method: string, request: object): Reading {
  return readMessage(encodeRequest(method, { namespace, ...request }), requestShapes[method]!)
}

const start = {
  workflowId: 'ledger-7',
  workflowType: { name: 'LedgerRollup' },
  taskQueue: { name: 'ledger' },
}
const startNeed = {
  verb: 'start',
  fields: { workflow_types: 'LedgerRollup', task_queues: 'ledger', workflow_ids: 'ledger-7' },
} as const
const unknownStart = {
  verb: 'start',
  fields: { workflow_types: '', task_queues: '', workflow_ids: '' },
} as const
const eagerWork = { verb: 'work', fields: { task_queues: 'ledger' } } as const
const update = {
  workflowExecution: { workflowId: 'ledger-7' },
  request: { input: { name: 'add' } },
}
const updateNeed = {
  verb: 'update',
  fields: { workflow_ids: 'ledger-7', handlers: 'add' },
} as const
const execution = { workflowExecution: { workflowId: 'ledger-7' } }
const signalling = { signalWorkflow: { signalName: 'poke' } }

type Row = readonly [
  what: string,
  method: string,
  request: object,
  needs: readonly Omit<Need, 'namespace'>[],
]

const rows: readonly Row[] = [
  ['a plain start', 'StartWorkflowExecution', start, []],
  [
    'an eager start',
    'StartWorkflowExecution',
    { ...start, requestEagerExecution: true },
    [eagerWork],
  ],
  [
    'an update with start',
    'ExecuteMultiOperation',
    { operations: [{ startWorkflow: start }, { updateWorkflow: update }] },
    [startNeed, updateNeed],
  ],
  [
    'two starts',
    'ExecuteMultiOperation',
    { operations: [{ startWorkflow: start }, { startWorkflow: { ...start, workflowId: '' } }] },
    [startNeed, { verb: 'start', fields: { ...startNeed.fields, workflow_ids: '' } }],
  ],
  [
    'an eager start in a multi-operation',
    'ExecuteMultiOperation',
    { operations: [{ startWorkflow: { ...start, requestEagerExecution: true } }] },
    [startNeed, eagerWork],
  ],
  ['no operations', 'ExecuteMultiOperation', {}, []],
  [
    'a new schedule',
    'CreateSchedule',
    { scheduleId: 's', schedule: { action: { startWorkflow: start } } },
    [startNeed],
  ],
  ['a schedule without an action', 'CreateSchedule', { scheduleId: 's' }, [unknownStart]],
  [
    'a changed schedule',
    'UpdateSchedule',
    { schedule: { action: { startWorkflow: start } } },
    [startNeed],
  ],
  ['a trigger', 'PatchSchedule', { patch: { triggerImmediately: {} } }, [unknownStart]],
  ['a backfill', 'PatchSchedule', { patch: { backfillRequest: [{}] } }, [unknownStart]],
  ['a pause', 'PatchSchedule', { patch: { pause: 'why' } }, []],
  ['an empty patch', 'PatchSchedule', {}, []],
  ['a reset', 'ResetWorkflowExecution', execution, []],
  [
    'a reset that signals',
    'ResetWorkflowExecution',
    { ...execution, postResetOperations: [signalling] },
    [{ verb: 'signal', fields: { workflow_ids: 'ledger-7', handlers: 'poke' } }],
  ],
  [
    'a reset that sets options',
    'ResetWorkflowExecution',
    { ...execution, postResetOperations: [{ updateWorkflowOptions: {} }] },
    [{ verb: 'control', fields: { workflow_ids: 'ledger-7' } }],
  ],
  ['a call that hides nothing', 'TerminateWorkflowExecution', execution, []],
]

for (const [what, method, request, needs] of rows) {
  const verbs = needs.map(({ verb }) => verb).join(' and ') || 'nothing more'
  void t.test(`${what} needs ${verbs}`, async (t) => {
    const expected = needs.map((need) => ({ namespace, ...need }))
    t.strictSame(hiddenNeeds(method, namespace, readingOf(method, request)), expected)
  })
}

const batches: Readonly<Record<string, readonly [verb: Need['verb'], operation: object]>> = {
  terminationOperation: ['terminate', {}],
  signalOperation: ['signal', { signal: 'poke' }],
  cancellationOperation: ['cancel', {}],
  deletionOperation: ['delete', {}],
  resetOperation: ['reset', {}],
  updateWorkflowOptionsOperation: ['control', {}],
  unpauseActivitiesOperation: ['control', {}],
  resetActivitiesOperation: ['reset', {}],
  updateActivityOptionsOperation: ['control', {}],
  cancelActivitiesOperation: ['cancel', {}],
  terminateActivitiesOperation: ['terminate', {}],
  deleteActivitiesOperation: ['delete', {}],
}

for (const [field, [verb, operation]] of Object.entries(batches)) {
  void t.test(`a batch with ${field} needs ${verb}, and shows nothing to narrow by`, async (t) => {
    const reading = readingOf('StartBatchOperation', { jobId: 'j', [field]: operation })
    t.strictSame(hiddenNeeds('StartBatchOperation', namespace, reading), [
      { namespace, verb, fields: {} },
    ])
    const snake = field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    t.strictSame(batchOperations(reading), [snake])
  })
}

void t.test('a batch of resets needs what it does after them', async (t) => {
  const resetOperation = { postResetOperations: [signalling, { updateWorkflowOptions: {} }] }
  const reading = readingOf('StartBatchOperation', { resetOperation })
  t.strictSame(hiddenNeeds('StartBatchOperation', namespace, reading), [
    { namespace, verb: 'reset', fields: {} },
    { namespace, verb: 'signal', fields: { workflow_ids: '', handlers: 'poke' } },
    { namespace, verb: 'control', fields: { workflow_ids: '' } },
  ])
})

void t.test('a batch without an operation shows none', async (t) => {
  const reading = readingOf('StartBatchOperation', { visibilityQuery: 'x' })
  t.strictSame(batchOperations(reading), [])
  t.strictSame(hiddenNeeds('StartBatchOperation', namespace, reading), [])
})

void t.test('every operation that the API describes for batches has a verb', async (t) => {
  const known = requestShapes['StartBatchOperation']!.values().filter(
    ({ oneof }) => oneof === 'operation',
  )
  for (const { name } of known) {
    t.strictSame(batchOperations(new Map([[name, true]])), [name])
  }
})
