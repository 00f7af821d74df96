import t from 'tap'
import type { Metadata } from '../../src/core/call.ts'
import { isRefusal } from '../../src/core/refusal.ts'
import { readRequest } from '../../src/temporal/read-request.ts'
import { readMessage, type Reading } from '../../src/temporal/reading.ts'
import { requestShapes } from '../../src/temporal/request-shapes.ts'
import { encodeRequest } from '../support/caller.ts'
import { methodOf } from '../support/decision-parts.ts'
import { decodedReading } from '../support/decoded-reading.ts'
import { createRandom, type Random } from '../support/random.ts'

const metadata: Metadata = [['client-name', 'temporal-cli']]

function read(name: string, message: Uint8Array) {
  return readRequest({ method: methodOf(name), message, metadata, deadline: 7 })
}

const start = {
  namespace: 'payments',
  workflowId: 'ledger-7',
  workflowType: { name: 'LedgerRollup' },
  taskQueue: { name: 'ledger', kind: 1 },
  identity: 'ci@runner',
  requestId: '0b6d',
  input: {
    payloads: [{ metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('1') }],
  },
  memo: { fields: { team: { data: Buffer.from('ledger') } } },
}
const update = {
  namespace: 'payments',
  workflowExecution: { workflowId: 'ledger-7', runId: 'r' },
  request: { meta: { updateId: 'u', identity: 'ci' }, input: { name: 'add' } },
}

/** Real requests of every form that the policy reads. */
const requests: Readonly<Record<string, object>> = {
  StartWorkflowExecution: { ...start, requestEagerExecution: true },
  SignalWithStartWorkflowExecution: { ...start, signalName: 'poke' },
  ExecuteMultiOperation: {
    namespace: 'payments',
    operations: [{ startWorkflow: start }, { updateWorkflow: update }],
  },
  UpdateWorkflowExecution: update,
  PollWorkflowTaskQueue: {
    namespace: 'payments',
    taskQueue: { name: 'h:1', kind: 2, normalName: 'ledger' },
  },
  RespondWorkflowTaskCompleted: {
    taskToken: Buffer.from('token'),
    namespace: 'payments',
    commands: [
      { startTimerCommandAttributes: { timerId: '1' } },
      { signalExternalWorkflowExecutionCommandAttributes: { namespace: 'payments' } },
    ],
  },
  CreateSchedule: { namespace: 'payments', schedule: { action: { startWorkflow: start } } },
  PatchSchedule: {
    namespace: 'payments',
    patch: { triggerImmediately: {}, backfillRequest: [{}] },
  },
  ResetWorkflowExecution: {
    namespace: 'payments',
    workflowExecution: { workflowId: 'ledger-7' },
    postResetOperations: [
      { signalWorkflow: { signalName: 'poke' } },
      { updateWorkflowOptions: {} },
    ],
  },
  StartBatchOperation: {
    namespace: 'payments',
    jobId: 'j',
    signalOperation: { signal: 'poke', identity: 'ci' },
  },
  QueryWorkflow: {
    namespace: 'payments',
    execution: { workflowId: 'ledger-7' },
    query: { queryType: 'balance' },
  },
  RecordWorkerHeartbeat: {
    namespace: 'payments',
    workerHeartbeat: [{ taskQueue: 'ledger' }, { taskQueue: 'books' }],
  },
}

void t.test('a request is read, and carried on unchanged', async (t) => {
  const message = encodeRequest('StartWorkflowExecution', start)
  const call = read('StartWorkflowExecution', message)
  if (isRefusal(call)) throw new Error(call.detail)
  t.equal(call.message, message)
  t.equal(call.metadata, metadata)
  t.equal(call.deadline, 7)
  t.match(call, {
    namespace: 'payments',
    needs: [{ verb: 'start', namespace: 'payments' }],
    facts: { workflowId: 'ledger-7', workflowType: 'LedgerRollup', taskQueue: 'ledger' },
    objections: [],
  })
})

void t.test('a message that is malformed is refused, saying how', async (t) => {
  const message = encodeRequest('StartWorkflowExecution', start)
  t.match(read('StartWorkflowExecution', message.subarray(0, -1)), {
    refused: true,
    code: 'message_malformed',
    detail: 'a field is cut off',
  })
  const twice = Buffer.concat([message, encodeRequest('DescribeNamespace', { namespace: 'other' })])
  t.match(read('StartWorkflowExecution', twice), {
    code: 'message_malformed',
    detail: 'namespace occurs twice',
  })
})

void t.test('a method without a shape is not known', async (t) => {
  const method = { ...methodOf('GetSystemInfo'), name: 'Teleport' }
  const request = { method, message: new Uint8Array(), metadata, deadline: undefined }
  t.match(readRequest(request), { code: 'method_unknown' })
})

void t.test('what is no malformed message but a bug is not hidden', async (t) => {
  const message = undefined as unknown as Uint8Array
  t.throws(() => read('GetSystemInfo', message), TypeError)
})

function plain(reading: Reading): object {
  const values = reading.entries().map(([name, value]): [string, unknown] => {
    if (Array.isArray(value)) return [name, value.map(plain)]
    return [name, value instanceof Map ? plain(value) : value]
  })
  return Object.fromEntries(values)
}

void t.test('whole requests are read as the official decoder reads them', async (t) => {
  for (const [name, request] of Object.entries(requests)) {
    const shape = requestShapes[name]!
    const message = encodeRequest(name, request)
    t.notOk(isRefusal(read(name, message)), name)
    const ours = canonical(plain(readMessage(message, shape)))
    t.equal(ours, canonical(decodedReading(name, message, shape)), name)
    t.ok(ours.length > 40, ours)
  }
})

/** Spoils a message in one of the ways in which parsers have been fooled, or at random. */
function mutate(message: Buffer, other: Buffer, random: Random): Buffer {
  const at = random.below(message.length + 1)
  const end = at + random.below(message.length + 1 - at)
  switch (random.below(8)) {
    case 0:
      return message.subarray(0, at)
    case 1:
      return Buffer.concat([message.subarray(0, at), message.subarray(at + 1)])
    case 2:
      return Buffer.concat([
        message.subarray(0, at),
        Buffer.of(random.below(256)),
        message.subarray(at),
      ])
    case 3:
      return Buffer.concat([message, message.subarray(at, end)])
    case 4:
      return Buffer.concat([message.subarray(0, at), other])
    case 5:
      return Buffer.concat([message, other])
    default: {
      const changed = Buffer.from(message)
      if (at < changed.length)
        changed[at] = random.below(2) ? random.below(256) : changed[at]! ^ (1 << random.below(8))
      return changed
    }
  }
}

void t.test(
  'of 100,000 spoilt requests, what is accepted is read as the official decoder does',
  async (t) => {
    const random = createRandom(64_023)
    const whole = Object.entries(requests).map(
      ([name, request]) => [name, Buffer.from(encodeRequest(name, request))] as const,
    )
    let accepted = 0
    let compared = 0
    for (let round = 0; round < 100_000; round++) {
      const [name, message] = random.oneOf(whole)
      let spoilt = mutate(message, random.oneOf(whole)[1], random)
      if (random.below(3) === 0) spoilt = mutate(spoilt, random.oneOf(whole)[1], random)
      if (isRefusal(read(name, spoilt))) continue
      accepted++
      const shape = requestShapes[name]!
      let official
      try {
        official = canonical(decodedReading(name, spoilt, shape))
      } catch {
        continue // The server would refuse it too.
      }
      compared++
      const ours = canonical(plain(readMessage(spoilt, shape)))
      if (ours !== official)
        t.fail('the two differ', { name, spoilt: spoilt.toString('hex'), ours, official })
    }
    t.comment(`${accepted} accepted, ${compared} compared`)
    t.ok(compared > 5_000, `${compared} were compared`)
  },
)

/** One text for one meaning: keys in order, and nothing said of what is zero, false or empty. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (name, inner: unknown) => {
    if (inner === '' || inner === 0 || inner === false) return undefined
    if (name === 'request_eager_execution') return true
    if (Array.isArray(inner) || typeof inner !== 'object' || inner === null) return inner
    return Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  })
}
