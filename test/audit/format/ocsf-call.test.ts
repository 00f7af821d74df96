import t from 'tap'
import { completedCall, decidedCall } from '../../../src/audit/format/ocsf-call.ts'
import { readBack, sampleEntries as samples } from '../../support/sample-entries.ts'

const decided = (entry: object) => decidedCall(readBack(entry as never))
const completed = (entry: object) => completedCall(readBack(entry as never))

t.test('an allowed call says who called what, and by which rule', async (t) => {
  const { activity, message, attributes } = decided(samples.allowed)
  t.equal(activity, 1)
  t.equal(message, 'StartWorkflowExecution in payments allowed by the rule ledger-main')
  t.match(attributes, {
    action_id: 1,
    disposition_id: 1,
    status_id: 0,
    actor: {
      user: { name: samples.allowed.principal, account: { name: 'dmeyer', uid: '9120455' } },
      session: { uid: samples.allowed.token_sha256, issuer: 'gitlab' },
    },
    api: {
      operation: 'StartWorkflowExecution',
      service: { name: 'WorkflowService' },
      request: { uid: 'd-7Kq2' },
    },
    src_endpoint: { ip: '10.4.2.17' },
    dst_endpoint: { svc_name: 'sallyport', hostname: 'sallyport-0' },
    resources: [
      { type: 'namespace', name: 'payments' },
      { type: 'workflow', name: 'ledger-2071884310', namespace: 'payments' },
      { type: 'task queue', name: 'ledger', namespace: 'payments' },
    ],
    policy: { name: 'ledger-main', uid: samples.allowed.policy_hash },
  })
})

t.test('a refused call says why', async (t) => {
  const { message, attributes } = decided(samples.refused)
  t.equal(message, 'StartWorkflowExecution in treasury refused: not_granted')
  t.match(attributes, {
    action_id: 2,
    disposition_id: 2,
    status_id: 2,
    status_code: 'not_granted',
    status_detail: samples.refused.detail,
    policy: { name: undefined, uid: samples.refused.policy_hash },
  })
})

t.test('what is not known is not made up', async (t) => {
  const { activity, message, attributes } = decided(samples.noMethod)
  t.equal(activity, 0)
  t.equal(message, 'an unknown method refused: method_unknown')
  t.match(attributes, {
    actor: { user: { name: 'unknown', type_id: 0 } },
    api: { operation: 'unknown', service: undefined },
    resources: undefined,
  })
  const bare = {
    kind: 'decision',
    outcome: 'allowed',
    principal: 'p',
    workflow_id: 'w',
    method: 'M',
  }
  t.match(decided(bare), {
    message: 'M allowed',
    attributes: {
      actor: { user: { name: 'p', account: undefined }, session: undefined },
      api: { request: undefined },
      resources: [{ type: 'workflow', name: 'w' }],
      src_endpoint: { name: 'unknown' },
    },
  })
})

t.test('a call with one entry has its end in it', async (t) => {
  t.match(decided(samples.wholeCall), {
    activity: 99,
    activityName: 'work',
    attributes: {
      action_id: 1,
      status_id: 99,
      status: 'Cancelled',
      status_code: 'DEADLINE_EXCEEDED',
      duration: 60_000,
      api: { response: { code: 4, message: 'DEADLINE_EXCEEDED' } },
    },
  })
})

t.test('how a call ended is told without its facts, which its decision has', async (t) => {
  const ends: [object, object][] = [
    [samples.completed, { status_id: 1, status_code: 'OK', duration: 17 }],
    [samples.failed, { status_id: 2, status_code: 'upstream_unavailable' }],
    [samples.unknown, { status_id: 0, status_detail: samples.unknown.detail, duration: undefined }],
  ]
  for (const [entry, attributes] of ends) {
    const api = { operation: 'completion', request: { uid: 'd-7Kq2' } }
    t.match(completed(entry), { activity: 99, attributes: { ...attributes, api } })
  }
  t.equal(completed({}).attributes['action_id'], undefined, 'nothing is decided there')
  t.match(completed({ grpc_status: 99 }).attributes, {
    api: { request: undefined, response: { code: 99, message: undefined } },
  })
})
