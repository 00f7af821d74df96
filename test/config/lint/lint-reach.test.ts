import t from 'tap'
import { policyLines, policyOf, policyProblems } from '../../support/checked-policy.ts'

const at = 'f:7:36 machines[0].grants[0].role: warning:'

function linesOf(grants: string): string[] {
  return policyLines(policyOf({ grants }))
}

function codesOf(grants: string): string[] {
  return policyProblems(policyOf({ grants })).map(({ code }) => code)
}

void t.test(
  'verbs that no call can use under a narrowing are named, and what would help',
  async (t) => {
    t.strictSame(linesOf('{ namespace: n, role: caller, workflow_types: [a] }'), [
      `${at} has read, signal, update, query, which no call can use under narrowing by workflow_types; add workflow_ids, or take a role without them, or grant them apart without narrowing [verb-unreachable]`,
    ])
    t.strictSame(linesOf('{ namespace: n, role: operator, task_queues: [a] }'), [
      `${at} has signal, query, cancel, terminate, reset, control, which no call can use under narrowing by task_queues; add workflow_ids, or take a role without them, or grant them apart without narrowing [verb-unreachable]`,
    ])
  },
)

void t.test('where no one field helps with all, those that help with some are named', async (t) => {
  const [line = ''] = linesOf('{ namespace: n, role: admin, workflow_types: [a] }')
  t.match(line, /has read, .*batch.*; add task_queues or workflow_ids or handlers, or take/)
})

void t.test('where nothing helps, the verbs are to be granted apart', async (t) => {
  const grants = '{ namespace: n, role: batcher, workflow_ids: [a] }'
  const lines = policyLines(policyOf({ grants, below: 'roles: { batcher: [batch] }\n' }))
  t.strictSame(lines, [
    `${at} has batch, which no call can use under narrowing by workflow_ids; take a role without them, or grant them apart without narrowing [verb-unreachable]`,
  ])
})

void t.test('a start whose result cannot be awaited is noticed', async (t) => {
  t.strictSame(linesOf('{ namespace: n, role: starter, task_queues: [a] }'), [
    `${at} does not let its holder await what it starts, as result and --follow do, under narrowing by task_queues: GetWorkflowExecutionHistory is outside; add workflow_ids, or grant it apart without narrowing [method-unreachable]`,
  ])
  t.strictSame(codesOf('{ namespace: n, role: starter, task_queues: [a], workflow_ids: [b] }'), [])
})

void t.test(
  'a worker that can never poll is noticed, and its usual narrowing is fine',
  async (t) => {
    t.match(linesOf('{ namespace: n, role: worker, workflow_ids: [a] }'), [
      /worker-any-queue/,
      `${at} does not let its holder poll for tasks, from its sticky queue or the shared one, under narrowing by workflow_ids: PollWorkflowTaskQueue is outside; add task_queues, or grant it apart without narrowing [method-unreachable]`,
    ])
    t.strictSame(codesOf('{ namespace: n, role: worker, task_queues: [a] }'), [])
  },
)

void t.test(
  'a reader that cannot list, and a scheduler that cannot delete, are noticed',
  async (t) => {
    t.strictSame(linesOf('{ namespace: n, role: viewer, workflow_ids: [a] }'), [
      `${at} does not let its holder list or count under narrowing by workflow_ids: ListWorkflowExecutions is outside; grant it apart without narrowing [method-unreachable]`,
    ])
    const scheduler = '{ namespace: n, role: scheduler, task_queues: [a], workflow_types: [b] }'
    t.match(linesOf(scheduler), [/delete schedules under .*: DeleteSchedule is outside/])
    const deployer = '{ namespace: n, role: deployer, task_queues: [a] }'
    t.match(linesOf(deployer), [/make a version current under/])
  },
)

void t.test('what another grant of the rule reaches in that namespace is not missed', async (t) => {
  const narrowed = '{ namespace: n, role: starter, task_queues: [a] }'
  t.strictSame(codesOf(`${narrowed}, { namespace: n, role: viewer }`), [])
  t.strictSame(codesOf(`${narrowed}, { namespace: m, role: viewer }`), ['method-unreachable'])
})

void t.test('a grant that is not narrowed lacks nothing', async (t) => {
  for (const role of ['viewer', 'caller', 'operator', 'scheduler', 'deployer', 'admin']) {
    t.strictSame(codesOf(`{ namespace: n, role: ${role} }`), [], role)
  }
})
