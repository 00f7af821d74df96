import t from 'tap'
import type { NarrowedField, Need } from '../../src/core/call.ts'
import { decide } from '../../src/core/decision.ts'
import { isSystemName } from '../../src/temporal/needs.ts'
import { methods } from '../../src/temporal/methods.ts'
import { callOf, identityOf, policyOf, ruleOf, termsOf } from '../support/decision-parts.ts'

const namespace = 'payments'
const execution = { workflowId: 'ledger-7', runId: 'r' }
const uuid = '2b1f6ac0-1d7e-4f0e-9d0e-6f5a3f1f2c77'

/** The needs of a request in the namespace, without what is the same in all of them. */
function needsOf(name: string, request: object = {}): Omit<Need, 'namespace'>[] {
  const { needs } = callOf(name, { namespace, ...request })
  return needs.map(({ namespace: named, ...need }) => {
    if (named !== namespace) throw new Error(`a need in ${named}`)
    return need
  })
}

const start = {
  workflowId: 'ledger-7',
  workflowType: { name: 'LedgerRollup' },
  taskQueue: { name: 'ledger' },
}
const startFields = {
  workflow_ids: 'ledger-7',
  workflow_types: 'LedgerRollup',
  task_queues: 'ledger',
}

const rows: readonly [name: string, request: object, needs: readonly Omit<Need, 'namespace'>[]][] =
  [
    ['StartWorkflowExecution', start, [{ verb: 'start', fields: startFields }]],
    [
      'StartWorkflowExecution',
      {},
      [{ verb: 'start', fields: { workflow_ids: '', workflow_types: '', task_queues: '' } }],
    ],
    [
      'SignalWorkflowExecution',
      { workflowExecution: execution, signalName: 'poke' },
      [{ verb: 'signal', fields: { workflow_ids: 'ledger-7', handlers: 'poke' } }],
    ],
    [
      'QueryWorkflow',
      { execution, query: { queryType: 'balance' } },
      [{ verb: 'query', fields: { workflow_ids: 'ledger-7', handlers: 'balance' } }],
    ],
    [
      'UpdateWorkflowExecution',
      { workflowExecution: execution, request: { input: { name: 'add' } } },
      [{ verb: 'update', fields: { workflow_ids: 'ledger-7', handlers: 'add' } }],
    ],
    [
      'PollWorkflowExecutionUpdate',
      { updateRef: { workflowExecution: execution } },
      [{ verb: 'read', fields: { workflow_ids: 'ledger-7' } }],
    ],
    [
      'GetWorkflowExecutionHistory',
      { execution },
      [{ verb: 'read', fields: { workflow_ids: 'ledger-7' } }],
    ],
    [
      'TerminateWorkflowExecution',
      { workflowExecution: execution },
      [{ verb: 'terminate', fields: { workflow_ids: 'ledger-7' } }],
    ],
    ['ListWorkflowExecutions', { query: 'x' }, [{ verb: 'read', fields: {} }]],
    [
      'DescribeTaskQueue',
      { taskQueue: { name: 'ledger' } },
      [{ verb: 'read', fields: { task_queues: 'ledger' } }],
    ],
    [
      'UpdateTaskQueueConfig',
      { taskQueue: 'ledger' },
      [{ verb: 'tune', fields: { task_queues: 'ledger' } }],
    ],
    [
      'StartActivityExecution',
      { taskQueue: { name: 'ledger' } },
      [{ verb: 'start-activity', fields: { task_queues: 'ledger' } }],
    ],
    [
      'RespondActivityTaskCompletedById',
      { workflowId: 'ledger-7' },
      [{ verb: 'complete', fields: { workflow_ids: 'ledger-7' } }],
    ],
    [
      'PollActivityTaskQueue',
      { taskQueue: { name: 'ledger' } },
      [{ verb: 'work', fields: { task_queues: 'ledger' } }],
    ],
    [
      'RespondActivityTaskCompleted',
      { taskToken: Buffer.from('t') },
      [{ verb: 'work', fields: {}, unnarrowed: true }],
    ],
    [
      'RespondActivityTaskCompleted',
      { taskToken: Buffer.alloc(0) },
      [{ verb: 'work', fields: {} }],
    ],
    ['RespondActivityTaskCompleted', {}, [{ verb: 'work', fields: {} }]],
    ['DescribeNamespace', {}, [{ verb: 'connect', fields: {}, unnarrowed: true }]],
  ]

for (const [name, request, needs] of rows) {
  const verbs = needs.map(({ verb, fields }) => `${verb} ${Object.values(fields).join(' ')}`)
  void t.test(`${name} needs ${verbs.join(', ')}`, async (t) => {
    t.strictSame(needsOf(name, request), needs)
  })
}

void t.test(
  'every method needs its own verbs, but for the one that any caller may use',
  async (t) => {
    for (const { name, scope, verbs } of methods) {
      const { needs } = callOf(name, scope === 'namespace' ? { namespace } : {})
      if (name === 'GetSystemInfo') {
        t.strictSame(needs, [])
        continue
      }
      const needed = new Set(needs.map(({ verb }) => verb))
      for (const verb of verbs) t.ok(needed.has(verb), `${name} needs ${verb}`)
      for (const need of needs) {
        t.equal(need.namespace, scope === 'namespace' ? namespace : '', `${name} where`)
      }
    }
  },
)

void t.test('GetClusterInfo needs a connection to the cluster, no namespace', async (t) => {
  t.strictSame(callOf('GetClusterInfo').needs, [
    { namespace: '', verb: 'connect', fields: {}, unnarrowed: true },
  ])
})

function queueOf(taskQueue: object): string | undefined {
  const [need] = needsOf('PollWorkflowTaskQueue', { taskQueue })
  return need?.fields.task_queues
}

void t.test('a poll of a sticky queue is of the queue that it stands beside', async (t) => {
  const names = [
    `host-7:${uuid}`,
    `7@host-7:${uuid}`,
    `7@host-7-${uuid.replaceAll('-', '')}`,
    uuid.toUpperCase(),
  ]
  for (const name of names)
    t.equal(queueOf({ name, kind: 2, normalName: 'ledger' }), 'ledger', name)
  t.equal(queueOf({ name: uuid, kind: 2 }), '')
  t.equal(queueOf({ name: uuid, kind: 2, normalName: '/_sys/ledger/1' }), '')
  t.equal(queueOf({ name: 'ledger', kind: 1, normalName: 'payroll' }), 'ledger')
  t.equal(queueOf({ name: 'payroll', normalName: 'ledger' }), 'payroll')
  t.equal(queueOf({}), '')
})

void t.test(
  'a shared queue cannot be polled as if it were sticky: the server goes by its name',
  async (t) => {
    for (const name of ['payroll', '', `${uuid}-payroll`, `x${uuid.slice(1)}`.slice(0, -1)]) {
      t.equal(queueOf({ name, kind: 2, normalName: 'ledger' }), '', name)
    }
  },
)

void t.test('sticky counts only where workflow tasks are polled', async (t) => {
  const taskQueue = { name: 'payroll', kind: 2, normalName: 'ledger' }
  for (const name of ['PollActivityTaskQueue', 'PollNexusTaskQueue']) {
    t.equal(needsOf(name, { taskQueue })[0]?.fields.task_queues, 'payroll', name)
  }
})

void t.test('a heartbeat needs every queue that it speaks of', async (t) => {
  const beat = (...queues: readonly string[]) =>
    needsOf('RecordWorkerHeartbeat', {
      workerHeartbeat: queues.map((taskQueue) => ({ taskQueue })),
    }).map(({ verb, fields }) => [verb, fields.task_queues])
  t.strictSame(beat(), [['work', '']])
  t.strictSame(beat('ledger', 'ledger'), [['work', 'ledger']])
  t.strictSame(beat('ledger', '', '/_sys/x'), [
    ['work', 'ledger'],
    ['work', ''],
    ['work', ''],
  ])
})

void t.test('a worker that shuts down reports on its queue too', async (t) => {
  const request = { taskQueue: 'ledger', workerHeartbeat: { taskQueue: 'payroll' } }
  const queues = needsOf('ShutdownWorker', request).map(({ fields }) => fields.task_queues)
  t.strictSame(queues, ['ledger', 'payroll'])
})

void t.test(
  'what is there is narrowed by its name: a signalled workflow, an updated schedule',
  async (t) => {
    const action = {
      workflowId: 'ledger-7',
      workflowType: { name: 'LedgerRollup' },
      taskQueue: { name: 'ledger' },
    }
    const [, signal] = needsOf('SignalWithStartWorkflowExecution', { ...action, signalName: 'go' })
    t.strictSame(signal?.fields, { workflow_ids: 'ledger-7', handlers: 'go' })
    const request = { scheduleId: 'nightly', schedule: { action: { startWorkflow: action } } }
    const [update, start] = needsOf('UpdateSchedule', request)
    t.strictSame(update?.fields, { workflow_ids: 'nightly' })
    t.match(start, { verb: 'start', fields: { workflow_types: 'LedgerRollup' } })
  },
)

void t.test('names of the server itself are never within a narrowing', async (t) => {
  for (const name of ['temporal-sys-scheduler:x', '/_sys/ledger/1']) {
    t.ok(isSystemName(name))
    t.equal(
      needsOf('DescribeWorkflowExecution', { execution: { workflowId: name } })[0]?.fields
        .workflow_ids,
      '',
    )
    t.equal(needsOf('DescribeTaskQueue', { taskQueue: { name } })[0]?.fields.task_queues, '')
  }
  for (const name of ['temporal-system', 'my-temporal-sys-', '_sys/', ''])
    t.notOk(isSystemName(name))
})

/** Whether a grant of a role, narrowed like this, is enough for a call. */
function isAllowed(
  role: string,
  narrowing: Readonly<Partial<Record<NarrowedField, readonly string[]>>>,
  name: string,
  request: object,
): boolean {
  const rule = ruleOf({ grants: [termsOf({ role, namespace, narrowing })] })
  const call = callOf(name, { namespace, ...request })
  return decide(policyOf(rule), identityOf(), call).allowed
}

const ledger = {
  workflow_types: ['LedgerRollup', 'LedgerBackfill*'],
  task_queues: ['ledger'],
  workflow_ids: ['ledger-*'],
}
const others = { workflowId: 'payroll-7' }
const narrowed: readonly [what: string, name: string, request: object, allowed: boolean][] = [
  ['starts what it is for', 'StartWorkflowExecution', start, true],
  [
    'starts a backfill',
    'StartWorkflowExecution',
    { ...start, workflowType: { name: 'LedgerBackfillAll' } },
    true,
  ],
  [
    'starts another type',
    'StartWorkflowExecution',
    { ...start, workflowType: { name: 'Payroll' } },
    false,
  ],
  ['starts no type', 'StartWorkflowExecution', { ...start, workflowType: {} }, false],
  [
    'starts on another queue',
    'StartWorkflowExecution',
    { ...start, taskQueue: { name: 'ledger2' } },
    false,
  ],
  [
    'starts under another id',
    'StartWorkflowExecution',
    { ...start, workflowId: 'xledger-7' },
    false,
  ],
  ['awaits what it started', 'GetWorkflowExecutionHistory', { execution }, true],
  ['describes what it started', 'DescribeWorkflowExecution', { execution }, true],
  ['awaits what others started', 'GetWorkflowExecutionHistory', { execution: others }, false],
  ['awaits nothing in particular', 'GetWorkflowExecutionHistory', {}, false],
  ['lists', 'ListWorkflowExecutions', { query: "WorkflowId = 'ledger-7'" }, false],
  ['counts', 'CountWorkflowExecutions', {}, false],
  ['lists schedules', 'ListSchedules', {}, false],
  ['describes its queue', 'DescribeTaskQueue', { taskQueue: { name: 'ledger' } }, true],
  ['describes the namespace', 'DescribeNamespace', {}, true],
  ['signals', 'SignalWorkflowExecution', { workflowExecution: execution }, false],
]

for (const [what, name, request, allowed] of narrowed) {
  void t.test(
    `a starter of ledgers who ${what} is ${allowed ? 'allowed' : 'refused'}`,
    async (t) => {
      t.equal(isAllowed('starter', ledger, name, request), allowed)
    },
  )
}

const byQueue = { task_queues: ['ledger'] }
const working: readonly [what: string, name: string, request: object, allowed: boolean][] = [
  ['polls its queue', 'PollWorkflowTaskQueue', { taskQueue: { name: 'ledger' } }, true],
  [
    'polls its sticky queue',
    'PollWorkflowTaskQueue',
    { taskQueue: { name: `h:${uuid}`, kind: 2, normalName: 'ledger' } },
    true,
  ],
  [
    'polls a sticky queue of another',
    'PollWorkflowTaskQueue',
    { taskQueue: { name: `h:${uuid}`, kind: 2, normalName: 'payroll' } },
    false,
  ],
  [
    'polls another queue as if it were sticky',
    'PollWorkflowTaskQueue',
    { taskQueue: { name: 'payroll', kind: 2, normalName: 'ledger' } },
    false,
  ],
  [
    'polls a partition by its inner name',
    'PollActivityTaskQueue',
    { taskQueue: { name: '/_sys/ledger/1' } },
    false,
  ],
  ['polls another queue', 'PollActivityTaskQueue', { taskQueue: { name: 'payroll' } }, false],
  ['answers a task', 'RespondWorkflowTaskCompleted', { taskToken: Buffer.from('t') }, true],
  ['answers no task', 'RespondWorkflowTaskCompleted', {}, false],
  [
    'completes an activity by its ids',
    'RespondActivityTaskCompletedById',
    { workflowId: 'ledger-7' },
    false,
  ],
  [
    'beats for its queue',
    'RecordWorkerHeartbeat',
    { workerHeartbeat: [{ taskQueue: 'ledger' }] },
    true,
  ],
  [
    'beats for another queue too',
    'RecordWorkerHeartbeat',
    { workerHeartbeat: [{ taskQueue: 'ledger' }, { taskQueue: 'payroll' }] },
    false,
  ],
]

for (const [what, name, request, allowed] of working) {
  void t.test(
    `a worker of one queue who ${what} is ${allowed ? 'allowed' : 'refused'}`,
    async (t) => {
      t.equal(isAllowed('worker', byQueue, name, request), allowed)
    },
  )
}

void t.test(
  'a narrowing by type alone reaches nothing that is called by workflow id',
  async (t) => {
    const byType = { workflow_types: ['LedgerRollup'] }
    t.ok(isAllowed('starter', byType, 'StartWorkflowExecution', start))
    t.notOk(isAllowed('starter', byType, 'GetWorkflowExecutionHistory', { execution }))
    t.notOk(
      isAllowed('admin', byType, 'TerminateWorkflowExecution', { workflowExecution: execution }),
    )
  },
)

void t.test('a narrowing by handlers is of signals, updates and queries', async (t) => {
  const byHandler = { handlers: ['poke'] }
  const signal = (signalName: string) => ({ workflowExecution: execution, signalName })
  t.ok(isAllowed('caller', byHandler, 'SignalWorkflowExecution', signal('poke')))
  t.notOk(isAllowed('caller', byHandler, 'SignalWorkflowExecution', signal('drop')))
  t.notOk(isAllowed('caller', byHandler, 'StartWorkflowExecution', start))
})

const facts: readonly [name: string, request: object, facts: object][] = [
  [
    'StartWorkflowExecution',
    { ...start, requestId: 'q' },
    { workflowId: 'ledger-7', workflowType: 'LedgerRollup', taskQueue: 'ledger', requestId: 'q' },
  ],
  [
    'ExecuteMultiOperation',
    { operations: [{ startWorkflow: { ...start, requestId: 'q' } }] },
    { workflowId: 'ledger-7', workflowType: 'LedgerRollup', taskQueue: 'ledger', requestId: 'q' },
  ],
  [
    'CreateSchedule',
    { requestId: 'q', schedule: { action: { startWorkflow: start } } },
    { workflowId: 'ledger-7', workflowType: 'LedgerRollup', taskQueue: 'ledger', requestId: 'q' },
  ],
  [
    'QueryWorkflow',
    { execution },
    { workflowId: 'ledger-7', workflowType: '', taskQueue: '', requestId: '' },
  ],
  ['TerminateWorkflowExecution', { workflowExecution: execution }, { workflowId: 'ledger-7' }],
  [
    'PollWorkflowExecutionUpdate',
    { updateRef: { workflowExecution: execution } },
    { workflowId: 'ledger-7' },
  ],
  ['ShutdownWorker', { taskQueue: 'ledger' }, { taskQueue: 'ledger' }],
  ['ListNamespaces', {}, { workflowId: '', workflowType: '', taskQueue: '', requestId: '' }],
]

for (const [name, request, expected] of facts) {
  void t.test(`the entry of ${name} shows what it is about`, async (t) => {
    t.match(callOf(name, request).facts, expected)
  })
}
