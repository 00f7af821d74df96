import t from 'tap'
import type { Method } from '../../src/core/method.ts'
import {
  callOf,
  encodeMessage,
  fieldsOfRequest,
  type NamedFields,
} from '../../src/temporal/encode-request.ts'
import { methods } from '../../src/temporal/methods.ts'
import { readMessage } from '../../src/temporal/reading.ts'
import { b, m, p, r, s, shape, v } from '../../src/temporal/shape.ts'

const methodOf = (name: string): Method => methods.find((method) => method.name === name)!

const everything: Required<NamedFields> = {
  namespace: 'payments',
  workflowType: 'LedgerRollup',
  taskQueue: 'ledger',
  workflowId: 'ledger-7',
  scheduleId: 'nightly',
  handler: 'close',
}

t.test('every field that a method is said to have reaches what is decided on', async (t) => {
  const needed = {
    workflowType: 'workflow_types',
    taskQueue: 'task_queues',
    workflowId: 'workflow_ids',
    scheduleId: 'workflow_ids',
    handler: 'handlers',
  } as const
  for (const method of methods) {
    const call = callOf(method, everything)
    const fields = fieldsOfRequest(method)
    if (fields.has('namespace')) t.equal(call.namespace, 'payments', method.name)
    for (const [name, field] of Object.entries(needed) as [keyof typeof needed, string][]) {
      const seen = new Set(
        call.needs.map((need) => new Map(Object.entries(need.fields)).get(field)),
      )
      if (fields.has(name)) t.ok(seen.has(everything[name]), `${method.name} ${name}`)
      else t.notOk(seen.has(everything[name]), `${method.name} has no ${name}`)
    }
  }
})

t.test('every field that a need shows can be written', async (t) => {
  const named = new Map(
    Object.entries({
      workflow_types: ['workflowType'],
      task_queues: ['taskQueue'],
      workflow_ids: ['workflowId', 'scheduleId'],
      handlers: ['handler'],
    } as const),
  )
  for (const method of methods) {
    const shown = callOf(method, everything).needs.flatMap((need) => Object.keys(need.fields))
    for (const field of shown) {
      const has = fieldsOfRequest(method)
      t.ok(
        named.get(field)?.some((name) => has.has(name)),
        `${method.name} ${field}`,
      )
    }
  }
})

t.test('a start needs what a start needs', async (t) => {
  const { needs, objections } = callOf(methodOf('StartWorkflowExecution'), {
    namespace: 'payments',
    workflowType: 'LedgerRollup',
    workflowId: 'ledger-7',
  })
  t.strictSame(objections, [])
  const fields = { workflow_ids: 'ledger-7', workflow_types: 'LedgerRollup', task_queues: '' }
  t.strictSame(needs, [{ namespace: 'payments', verb: 'start', fields }])
})

t.test('an update with start needs both, on the same workflow', async (t) => {
  const { needs } = callOf(methodOf('ExecuteMultiOperation'), everything)
  t.match(needs, [
    { verb: 'start', fields: { workflow_types: 'LedgerRollup', workflow_ids: 'ledger-7' } },
    { verb: 'update', fields: { workflow_ids: 'ledger-7', handlers: 'close' } },
  ])
  const bare = callOf(methodOf('ExecuteMultiOperation'), { namespace: 'payments' })
  t.strictSame(
    bare.needs.map((need) => need.verb),
    ['start', 'update'],
  )
})

t.test('a schedule needs the start in its action', async (t) => {
  const { needs } = callOf(methodOf('CreateSchedule'), everything)
  t.match(needs, [
    { verb: 'schedule', fields: { workflow_ids: 'nightly' } },
    { verb: 'start', fields: { workflow_types: 'LedgerRollup', workflow_ids: 'ledger-7' } },
  ])
})

t.test('answers to tasks carry a task token', async (t) => {
  const { needs } = callOf(methodOf('RespondActivityTaskCompleted'), { namespace: 'payments' })
  t.match(needs, [{ verb: 'work', unnarrowed: true }])
})

t.test('a call without a namespace is objected to as a real one is', async (t) => {
  t.match(callOf(methodOf('ListWorkflowExecutions'), { namespace: undefined }).objections, [
    { code: 'namespace_missing' },
  ])
})

t.test('what no request looks like is a bug, and said to be one', async (t) => {
  t.throws(
    () => callOf({ ...methodOf('GetSystemInfo'), name: 'MakeTea' }, {}),
    /cannot write a MakeTea request: MakeTea has no shape/,
  )
})

t.test('what was encoded reads as it was meant', async (t) => {
  const everyKind = shape({
    1: s('text'),
    2: v('number'),
    3: b('bytes'),
    4: p('there'),
    200: m('inner', { 1: s('name') }),
    3000: r('many', { 1: s('name') }),
    3001: s('absent'),
  })
  const bytes = encodeMessage(everyKind, {
    text: 'ü'.repeat(100),
    number: 300,
    bytes: true,
    there: {},
    inner: { name: 'a' },
    many: [{ name: 'b' }, { name: 'c', unknown: 'dropped' }],
  })
  const reading = readMessage(bytes, everyKind)
  t.strictSame(Object.fromEntries(reading), {
    text: 'ü'.repeat(100),
    number: 300,
    bytes: true,
    there: true,
    inner: new Map([['name', 'a']]),
    many: [new Map([['name', 'b']]), new Map([['name', 'c']])],
  })
})
