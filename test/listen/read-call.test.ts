import t from 'tap'
import type { Call } from '../../src/core/call.ts'
import { isRefusal, refusal, type Refusal } from '../../src/core/refusal.ts'
import type { Arrival } from '../../src/listen/arrival.ts'
import { readCall } from '../../src/listen/read-call.ts'
import { methodAt } from '../../src/temporal/methods.ts'
import { encodeRequest } from '../support/caller.ts'

const claims = Buffer.from(JSON.stringify({ job_id: '7' })).toString('base64url')
const token = `eyJhbGciOiJSUzI1NiJ9.${claims}.c2lnbmF0dXJl`
const start = { namespace: 'payments', workflowId: 'ledger-7', requestId: 'r-1' }

/** An arrival whose body says when it is read. */
function arrivalOf(message: Uint8Array | Refusal, others: Partial<Arrival> = {}) {
  let reads = 0
  const path = '/temporal.api.workflowservice.v1.WorkflowService/StartWorkflowExecution'
  const arrival: Arrival = {
    path,
    method: methodAt(path),
    credential: { kind: 'bearer', token },
    metadata: [['client-name', 'temporal-go']],
    timeoutMs: 5_000,
    peer: '127.0.0.1',
    readMessage: async () => (reads++, message),
    ...others,
  }
  return { arrival, reads: () => reads }
}

void t.test('a call is what its message says, with our own word on the namespace', async (t) => {
  const message = encodeRequest('StartWorkflowExecution', start)
  const call = await readCall(arrivalOf(message).arrival, 1_000)
  t.notOk(isRefusal(call))
  t.match(call, {
    namespace: 'payments',
    facts: { workflowId: 'ledger-7', requestId: 'r-1' },
    objections: [],
    deadline: 6_000,
    metadata: [
      ['client-name', 'temporal-go'],
      ['temporal-namespace', 'payments'],
    ],
  })
  t.equal('message' in call && call.message, message, 'the very bytes that were read')
})

void t.test('a caller who names no time has no deadline', async (t) => {
  const message = encodeRequest('StartWorkflowExecution', start)
  const call = await readCall(arrivalOf(message, { timeoutMs: undefined }).arrival, 1_000)
  t.ok('deadline' in call && call.deadline === undefined)
})

const unread: Readonly<Record<string, readonly [Partial<Arrival>, string]>> = {
  'an unknown method': [{ method: undefined }, 'method_unknown'],
  'malformed metadata': [{ metadata: refusal('metadata_malformed', 'odd') }, 'metadata_malformed'],
}

for (const [name, [others, code]] of Object.entries(unread)) {
  void t.test(`${name} is refused before the body is read`, async (t) => {
    const { arrival, reads } = arrivalOf(new Uint8Array(), others)
    t.match(await readCall(arrival, 0), { refused: true, code })
    t.equal(reads(), 0)
  })
}

void t.test('a body that cannot be read is refused for its own reason', async (t) => {
  const { arrival } = arrivalOf(refusal('message_too_large', '5 MiB'))
  t.match(await readCall(arrival, 0), { refused: true, code: 'message_too_large' })
})

void t.test('a message that is no message is malformed', async (t) => {
  const { arrival } = arrivalOf(Uint8Array.of(0xff))
  t.match(await readCall(arrival, 0), { refused: true, code: 'message_malformed' })
})

void t.test(
  "a message with the caller's token is objected to, after other objections",
  async (t) => {
    const message = encodeRequest('StartWorkflowExecution', {
      ...start,
      memo: { fields: { token: { data: Buffer.from(token) } } },
    })
    t.match(await readCall(arrivalOf(message).arrival, 0), {
      objections: [{ code: 'credential_in_payload' }],
    })
    const nameless = encodeRequest('StartWorkflowExecution', { workflowId: token })
    t.match(await readCall(arrivalOf(nameless).arrival, 0), {
      objections: [{ code: 'namespace_missing' }, { code: 'credential_in_payload' }],
    })
  },
)

void t.test(
  'what an entry would repeat of a message is left out where it is a token',
  async (t) => {
    const message = encodeRequest('StartWorkflowExecution', { ...start, workflowId: token })
    const call = await readCall(arrivalOf(message).arrival, 0)
    t.match(call, { namespace: 'payments', facts: { requestId: 'r-1', workflowId: undefined } })
    const other = encodeRequest('StartWorkflowExecution', { ...start, namespace: token })
    t.match(await readCall(arrivalOf(other).arrival, 0), {
      namespace: '',
      facts: { workflowId: 'ledger-7' },
      objections: [{ code: 'credential_in_payload' }],
    })
  },
)

void t.test('a token in a field that the audit entry repeats is left out of it', async (t) => {
  const inId = encodeRequest('StartWorkflowExecution', { ...start, workflowId: token })
  const call = await readCall(arrivalOf(inId).arrival, 0)
  t.match(call, { namespace: 'payments', facts: { requestId: 'r-1', workflowId: undefined } })
  const inNamespace = encodeRequest('StartWorkflowExecution', { ...start, namespace: token })
  const other = await readCall(arrivalOf(inNamespace).arrival, 0)
  t.match(other, { namespace: '', facts: { workflowId: 'ledger-7' } })
  for (const { namespace, facts, needs, objections } of [call, other].map((read) => read as Call)) {
    t.notMatch(JSON.stringify([namespace, facts, needs, objections]), claims)
  }
})
