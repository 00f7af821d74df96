import t from 'tap'
import { callRowOf } from '../../../src/review/search/call-row.ts'

const decision = {
  seq: 7,
  time: '2026-11-23T09:14:02.113Z',
  kind: 'decision',
  decision_id: 'd-1',
  outcome: 'allowed',
  rule: 'ledger',
  method: 'StartWorkflowExecution',
  namespace: 'payments',
  workflow_id: 'ledger-1',
  workflow_type: 'Ledger',
  principal: 'gitlab.example.com/group/app/-/jobs/5',
  project_path: 'group/app',
  job_id: '5',
  ref: 'main',
  user_login: 'ada',
}

void t.test('a row says what the decision and the completion say', async (t) => {
  const completion = { outcome: 'completed', duration_ms: 12.5 }
  t.strictSame(callRowOf(decision, completion), {
    seq: 7,
    time: 1_795_425_242_113,
    decisionId: 'd-1',
    count: undefined,
    decision: 'allowed',
    code: undefined,
    rule: 'ledger',
    method: 'StartWorkflowExecution',
    namespace: 'payments',
    workflowId: 'ledger-1',
    workflowType: 'Ledger',
    principal: 'gitlab.example.com/group/app/-/jobs/5',
    projectPath: 'group/app',
    jobId: '5',
    ref: 'main',
    userLogin: 'ada',
    outcome: 'completed',
    durationMs: 12.5,
  })
})

void t.test('a call under way has no outcome yet, and one that is refused none ever', async (t) => {
  t.match(callRowOf(decision, undefined), { outcome: undefined, durationMs: undefined })
  const refused = { ...decision, outcome: 'refused', code: 'not_granted' }
  t.match(callRowOf(refused, undefined), { decision: 'refused', code: 'not_granted' })
})

void t.test('how a call ended is one of four words, whatever the entry says', async (t) => {
  for (const outcome of ['completed', 'failed', 'cancelled', 'unknown'] as const) {
    t.equal(callRowOf(decision, { outcome }).outcome, outcome)
  }
  t.equal(callRowOf(decision, { outcome: '<script>' }).outcome, 'unknown')
  t.equal(
    callRowOf(decision, { outcome: 'failed', code: 'answer_too_large' }).code,
    'answer_too_large',
  )
  t.equal(callRowOf(decision, { outcome: 'failed', duration_ms: '5' }).durationMs, undefined)
})

void t.test('many refusals in one entry are one row with a count and without a name', async (t) => {
  const flood = { seq: 8, kind: 'refusals', count: 412, decision_id: 'd-1', code: 'issuer_unknown' }
  const row = callRowOf(flood, undefined)
  t.match(row, { seq: 8, decisionId: '', count: 412, decision: 'refused', code: 'issuer_unknown' })
  t.equal(callRowOf({ seq: 9, kind: 'decision', outcome: 'refused' }, undefined).decisionId, '')
})
