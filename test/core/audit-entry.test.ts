import t from 'tap'
import {
  completionEntry,
  decisionEntry,
  identityEntry,
  isCut,
  wholeCallEntry,
  type DecisionFacts,
} from '../../src/core/audit-entry.ts'
import { decide } from '../../src/core/decision.ts'
import { refusal } from '../../src/core/refusal.ts'
import {
  callOf,
  identityOf,
  methodOf,
  policyOf,
  ruleOf,
  termsOf,
} from '../support/decision-parts.ts'

const at = Date.UTC(2026, 10, 23, 9, 14, 2, 113)
const claims = {
  sha: '4f0d',
  user_login: 'dmeyer',
  user_id: '9120455',
  environment: '',
  ref_protected: 'true',
  ref_type: 'branch',
  ref: 'main',
  pipeline_source: 'push',
  pipeline_id: '2071884310',
  job_id: '11840226751',
  job_project_id: '48210377',
  project_id: '48210377',
  project_path: 'acme/payments/ledger-workers',
  user_email: 'dana.meyer@acme.example',
}

const identity = identityOf({ claims: new Map(Object.entries(claims)) })
const request = {
  namespace: 'payments',
  workflowId: 'ledger-2071884310',
  workflowType: { name: 'LedgerRollup' },
  taskQueue: { name: 'ledger' },
  requestId: '0b6d',
  input: { payloads: [{ data: Buffer.from('the-payload') }] },
}
const call = callOf('StartWorkflowExecution', request)
const rule = ruleOf({
  name: 'ledger-main',
  grants: [termsOf({ role: 'starter', namespace: 'payments', rule: 'ledger-main' })],
})

function factsOf(parts: Partial<DecisionFacts> = {}): DecisionFacts {
  const facts = { identity, call, ...parts }
  return {
    at,
    decisionId: 'd-7Kq2',
    method: call.method,
    path: call.method.path,
    peer: '10.4.2.17',
    decision: decide(policyOf(rule), facts.identity, facts.call),
    policyHash: 'sha256:77ab',
    ...facts,
  }
}

void t.test('an allowed call is recorded as the design shows it, in that order', async (t) => {
  const expected = {
    time: '2026-11-23T09:14:02.113Z',
    kind: 'decision',
    decision_id: 'd-7Kq2',
    outcome: 'allowed',
    rule: 'ledger-main',
    rules: ['ledger-main'],
    role: 'starter',
    service: 'WorkflowService',
    method: 'StartWorkflowExecution',
    verbs: ['start'],
    namespace: 'payments',
    workflow_id: 'ledger-2071884310',
    workflow_type: 'LedgerRollup',
    task_queue: 'ledger',
    request_id: '0b6d',
    needs: [
      {
        verb: 'start',
        workflow_ids: 'ledger-2071884310',
        workflow_types: 'LedgerRollup',
        task_queues: 'ledger',
      },
    ],
    principal: 'gitlab.com/acme/payments/ledger-workers/-/jobs/11840226751',
    issuer: 'gitlab',
    project_path: 'acme/payments/ledger-workers',
    project_id: '48210377',
    job_project_id: '48210377',
    job_id: '11840226751',
    pipeline_id: '2071884310',
    pipeline_source: 'push',
    ref: 'main',
    ref_type: 'branch',
    ref_protected: 'true',
    user_id: '9120455',
    user_login: 'dmeyer',
    sha: '4f0d',
    token_sha256: 'ab'.repeat(32),
    policy_hash: 'sha256:77ab',
    peer: '10.4.2.17',
    bytes: call.message.length,
  }
  const entry = decisionEntry(factsOf())
  t.equal(JSON.stringify(entry), JSON.stringify(expected))
  t.notMatch(JSON.stringify(entry), /the-payload|dana\.meyer/)
})

void t.test('a refused call is recorded with its code and its detail', async (t) => {
  const entry = decisionEntry(
    factsOf({ call: callOf('TerminateWorkflowExecution', { namespace: 'payments' }) }),
  )
  t.match(entry, {
    outcome: 'refused',
    code: 'not_granted',
    detail: 'terminate in payments: no rule that applies grants it',
    rules: ['ledger-main'],
    bytes: 10,
  })
  t.notOk('rule' in entry || 'role' in entry || 'workflow_id' in entry)
  t.strictSame(Object.keys(entry).slice(3, 7), ['outcome', 'code', 'detail', 'rules'])
})

void t.test(
  'a caller who is nobody is recorded with what is known: where from, and what for',
  async (t) => {
    const unknown = refusal('signature_invalid', 'no key with this kid')
    const entry = decisionEntry(factsOf({ identity: unknown, call: unknown }))
    t.strictSame(entry, {
      time: '2026-11-23T09:14:02.113Z',
      kind: 'decision',
      decision_id: 'd-7Kq2',
      outcome: 'refused',
      code: 'signature_invalid',
      detail: 'no key with this kid',
      service: 'WorkflowService',
      method: 'StartWorkflowExecution',
      verbs: ['start'],
      policy_hash: 'sha256:77ab',
      peer: '10.4.2.17',
    })
  },
)

void t.test('a method that is not known is recorded by its path', async (t) => {
  const unknown = refusal('method_unknown', 'the path is in no table')
  const entry = decisionEntry(factsOf({ method: undefined, path: '/x/Y', call: unknown }))
  t.match(entry, { path: '/x/Y', code: 'method_unknown', principal: identity.principal })
  t.notOk('method' in entry || 'service' in entry || 'verbs' in entry || 'bytes' in entry)
})

void t.test('keys that were stale are mentioned, and fresh ones are not', async (t) => {
  t.notOk('stale_keys' in decisionEntry(factsOf()))
  const entry = decisionEntry(factsOf({ identity: { ...identity, staleKeys: true } }))
  t.equal(entry['stale_keys'], true)
})

void t.test('nothing in an entry is undefined or empty', async (t) => {
  const cluster = callOf('ListNamespaces')
  const entries = [
    decisionEntry(factsOf()),
    decisionEntry(factsOf({ call: cluster, method: methodOf('ListNamespaces') })),
    decisionEntry(factsOf({ identity: identityOf({ claims: new Map() }) })),
  ]
  for (const entry of entries) {
    for (const [name, value] of Object.entries(entry)) {
      t.ok(value !== undefined && value !== '', name)
    }
  }
})

void t.test('what a caller chooses is cut, with its length, where it is too long', async (t) => {
  const fits = 'w'.repeat(1_024)
  const cut = (workflowId: string) =>
    decisionEntry(factsOf({ call: callOf('StartWorkflowExecution', { ...request, workflowId }) }))
  t.equal(cut(fits)['workflow_id'], fits)
  t.equal(cut(`${fits}x`)['workflow_id'], `${fits}… (1025 characters)`)
})

void t.test('with every field full, an entry stays under 64 KiB', async (t) => {
  const controls = '\u0001'.repeat(100_000)
  const full = callOf('StartWorkflowExecution', {
    namespace: controls,
    workflowId: controls,
    workflowType: { name: controls },
    taskQueue: { name: controls },
    requestId: controls,
  })
  const values = Object.keys(claims).map((name) => [name, 'c'.repeat(100_000)] as const)
  const entry = decisionEntry(
    factsOf({ call: full, identity: { ...identity, claims: new Map(values) } }),
  )
  t.ok(JSON.stringify(entry).length < 65_536 - 1_024, `${JSON.stringify(entry).length}`)
})

void t.test('a completion says what became of the call', async (t) => {
  const outcome = { result: 'completed', grpcStatus: 0, bytes: 43 } as const
  const entry = completionEntry({ at, decisionId: 'd-7Kq2', outcome, durationMs: 17.3501 })
  t.equal(
    JSON.stringify(entry),
    '{"time":"2026-11-23T09:14:02.113Z","kind":"completion","decision_id":"d-7Kq2",' +
      '"outcome":"completed","grpc_status":0,"bytes":43,"duration_ms":17.4}',
  )
})

void t.test(
  'a completion names the code where it was not the upstream that ended the call',
  async (t) => {
    const outcome = {
      result: 'failed',
      code: 'upstream_unavailable',
      grpcStatus: 14,
      bytes: 0,
    } as const
    const entry = completionEntry({ at, decisionId: 'd-1', outcome, durationMs: 0 })
    t.strictSame(Object.keys(entry).slice(3, 6), ['outcome', 'code', 'grpc_status'])
    t.match(entry, { outcome: 'failed', code: 'upstream_unavailable', grpc_status: 14 })
  },
)

t.test(
  'the path of no method is recorded without its query, and without a token in it',
  async (t) => {
    const recorded = (path: string) =>
      decisionEntry({
        at: 0,
        decisionId: 'd-1',
        method: undefined,
        path,
        peer: '',
        identity: refusal('credential_missing', ''),
        call: refusal('credential_missing', ''),
        decision: {
          allowed: false,
          refusal: refusal('credential_missing', ''),
          rules: [],
          terms: undefined,
        },
        policyHash: 'sha256:0',
      }).path
    t.equal(recorded('/x/Y'), '/x/Y')
    t.equal(recorded('/x?access_token=secret\n&b'), '/x?…')
    t.equal(recorded('/x/eyJhbGciOi.eyJzdWIi.c2ln/y'), '/x/eyJ…/y')
  },
)

void t.test(
  'needs that are too long together are left out, and the entry says so by lacking them',
  async (t) => {
    const needOf = (id: string) => ({
      namespace: 'payments',
      verb: 'read' as const,
      fields: { workflow_ids: id },
    })
    const recorded = (...ids: string[]) =>
      decisionEntry(factsOf({ call: { ...call, needs: ids.map(needOf) } }))['needs']
    t.same(recorded('a'), [{ verb: 'read', workflow_ids: 'a' }])
    t.equal(recorded(), undefined)
    t.same(recorded(undefined as unknown as string), [{ verb: 'read' }], 'no value has no length')
    t.equal(recorded('a'.repeat(2048)), undefined)
    t.equal(recorded(...Array.from({ length: 500 }, () => 'ledger')), undefined)
  },
)

void t.test('an identity is recorded with every claim, long ones cut', async (t) => {
  const entry = identityEntry(at, { ...identity, claims: new Map([['ref', 'x'.repeat(2000)]]) })
  t.match(entry, { kind: 'identity', token_sha256: identity.tokenDigest, issuer: 'gitlab' })
  const cut = (entry['claims'] as { ref: string }).ref
  t.match(cut, /…/)
  t.ok(isCut(cut))
  t.notOk(isCut('main'))
})

void t.test('what a candidate policy would have done stands beside the decision', async (t) => {
  const shadowOf = (shadow: DecisionFacts['shadow']) => decisionEntry(factsOf({ shadow }))['shadow']
  t.equal(shadowOf(undefined), undefined)
  const refused = { outcome: 'refused', code: 'not_granted', rule: undefined } as const
  t.same(shadowOf({ ...refused, policyHash: 'sha256:1' }), {
    outcome: 'refused',
    code: 'not_granted',
    policy_hash: 'sha256:1',
  })
  const allowed = { outcome: 'allowed', code: undefined, rule: 'other' } as const
  t.same(shadowOf({ ...allowed, policyHash: 'sha256:1' }), {
    outcome: 'allowed',
    rule: 'other',
    policy_hash: 'sha256:1',
  })
})

void t.test('a need elsewhere says where, and one that no narrowing touches says so', async (t) => {
  const needs = [
    { namespace: 'payments', verb: 'work', fields: {}, unnarrowed: true },
    { namespace: 'payroll', verb: 'cancel', fields: { workflow_ids: 'p-1' } },
  ] as const
  t.same(decisionEntry(factsOf({ call: { ...call, needs } }))['needs'], [
    { verb: 'work', unnarrowed: true },
    { verb: 'cancel', namespace: 'payroll', workflow_ids: 'p-1' },
  ])
})

void t.test('a call with one entry has everything that it would have in two', async (t) => {
  const outcome = {
    result: 'failed',
    code: 'upstream_unavailable',
    grpcStatus: 14,
    bytes: 7,
  } as const
  const completed = { at: at + 20, decisionId: 'd-7Kq2', outcome, durationMs: 17.4 }
  const entry = wholeCallEntry(factsOf(), completed)
  const { time, kind, outcome: allowed, bytes, ...decided } = decisionEntry(factsOf())
  t.match([time, kind, allowed], ['2026-11-23T09:14:02.113Z', 'decision', 'allowed'])
  t.match(entry, { ...decided, ...completionEntry(completed), request_bytes: bytes })
  const names = Object.keys(entry)
  t.strictSame(names.slice(0, 8), [
    'time',
    'kind',
    'decision_id',
    'outcome',
    'code',
    'level',
    'decision',
    'rule',
  ])
  t.strictSame(names.slice(-5), ['peer', 'request_bytes', 'grpc_status', 'bytes', 'duration_ms'])
  t.match(entry, { level: 'completion', decision: 'allowed', time: '2026-11-23T09:14:02.133Z' })
})

void t.test('where the message was not read there is no length of it', async (t) => {
  const outcome = { result: 'completed', grpcStatus: 0, bytes: 7 } as const
  const completed = { at, decisionId: 'd-7Kq2', outcome, durationMs: 1 }
  const unread = factsOf({ call: refusal('message_malformed', '') })
  t.notOk('request_bytes' in wholeCallEntry(unread, completed))
})
