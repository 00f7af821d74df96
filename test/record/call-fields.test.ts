import t from 'tap'
import type { Call, Need } from '../../src/core/call.ts'
import {
  writeCall,
  writeIdentity,
  writeMethod,
  writeReasons,
  writeShadow,
} from '../../src/record/call-fields.ts'
import { JsonBytes } from '../../src/record/json-bytes.ts'
import { identityOf, methodOf } from '../support/decision-parts.ts'

/** What was written, as an object: it begins with a comma. */
function written(write: (out: JsonBytes) => void): string {
  const out = new JsonBytes(100)
  write(out)
  return out.between(0, out.length).toString()
}

function callWith(needs: readonly Need[]): Pick<Call, 'namespace' | 'facts' | 'needs'> {
  return { namespace: 'payments', facts: {}, needs }
}

void t.test('reasons are the rules, and what decided', async (t) => {
  const none = { rule: undefined, rules: [], role: undefined }
  t.equal(
    written((out) => writeReasons(out, none)),
    '',
  )
  t.equal(
    written((out) => writeReasons(out, { rule: 'b', rules: ['a', 'b'], role: 'starter' })),
    ',"rule":"b","rules":["a","b"],"role":"starter"',
  )
})

void t.test('a method is its service, its name and its verbs', async (t) => {
  t.equal(
    written((out) => writeMethod(out, methodOf('SignalWithStartWorkflowExecution'))),
    ',"service":"WorkflowService","method":"SignalWithStartWorkflowExecution","verbs":["start","signal"]',
  )
})

void t.test('of a message there is what it has', async (t) => {
  t.equal(
    written((out) => writeCall(out, { ...callWith([]), namespace: '' })),
    '',
  )
  const facts = { workflowId: 'w', workflowType: 't', taskQueue: 'q', requestId: 'r' }
  t.equal(
    written((out) => writeCall(out, { ...callWith([]), facts })),
    ',"namespace":"payments","workflow_id":"w","workflow_type":"t","task_queue":"q","request_id":"r"',
  )
})

void t.test('needs say where they are elsewhere, and which no narrowing touches', async (t) => {
  const needs: readonly Need[] = [
    { namespace: 'payments', verb: 'work', fields: {}, unnarrowed: true },
    { namespace: 'payroll', verb: 'start', fields: { workflow_ids: 'p"', workflow_types: '' } },
    { namespace: 'payments', verb: 'signal', fields: { handlers: 'h', task_queues: 'q' } },
    { namespace: 'payments', verb: 'query', fields: { handlers: undefined } as object },
  ]
  t.equal(
    written((out) => writeCall(out, callWith(needs))),
    ',"namespace":"payments","needs":[{"verb":"work","unnarrowed":true},' +
      '{"verb":"start","namespace":"payroll","workflow_ids":"p\\"","workflow_types":""},' +
      '{"verb":"signal","handlers":"h","task_queues":"q"},{"verb":"query"}]',
  )
})

void t.test('needs that are too long together are left out', async (t) => {
  const fields = { workflow_ids: 'w'.repeat(2048) }
  const long = callWith([{ namespace: 'payments', verb: 'read', fields }])
  t.equal(
    written((out) => writeCall(out, long)),
    ',"namespace":"payments"',
  )
})

void t.test('an identity is its name, some claims and the digest of its token', async (t) => {
  const identity = identityOf({ tokenDigest: 'd1', principal: 'p' })
  const expected =
    ',"principal":"p","issuer":"gitlab","project_id":"48210377","ref":"main","token_sha256":"d1"'
  t.equal(
    written((out) => writeIdentity(out, identity)),
    expected,
  )
  const stale = { ...identity, staleKeys: true }
  t.equal(
    written((out) => writeIdentity(out, stale)),
    `${expected},"stale_keys":true`,
  )
})

void t.test('a candidate policy refuses with a code, or allows by a rule', async (t) => {
  const shadow = { code: undefined, rule: undefined, policyHash: 'sha256:1' }
  t.equal(
    written((out) => writeShadow(out, { ...shadow, outcome: 'refused', code: 'not_granted' })),
    ',"shadow":{"outcome":"refused","code":"not_granted","policy_hash":"sha256:1"}',
  )
  t.equal(
    written((out) => writeShadow(out, { ...shadow, outcome: 'allowed', rule: 'a' })),
    ',"shadow":{"outcome":"allowed","rule":"a","policy_hash":"sha256:1"}',
  )
})
