import t from 'tap'
import { callCells } from '../../../src/review/pages/call-cells.ts'
import type { CallRow } from '../../../src/review/review-index.ts'

const row: CallRow = {
  seq: 7,
  time: Date.UTC(2026, 10, 23, 9, 14, 2, 113),
  decisionId: 'd-7',
  decision: 'allowed',
  code: undefined,
  rule: 'ledger-main',
  method: 'StartWorkflowExecution',
  namespace: 'payments',
  workflowId: 'ledger-7',
  workflowType: 'LedgerRollup',
  principal: 'gitlab.com/acme/a/-/jobs/118',
  projectPath: 'acme/a',
  jobId: '118',
  ref: 'main',
  userLogin: 'dmeyer',
  outcome: 'completed',
  durationMs: 17.4,
}

t.test('a row says when, how, what, who and why', async (t) => {
  t.same(callCells(row), {
    key: '7',
    tone: 'good',
    href: '/review/calls/d-7',
    at: '2026-11-23T09:14:02.113Z',
    time: '2026-11-23 09:14:02.113',
    mark: '✓',
    status: 'Completed',
    method: 'StartWorkflowExecution',
    namespace: 'payments',
    workflowType: 'LedgerRollup',
    workflowId: 'ledger-7',
    project: 'acme/a',
    caller: 'job 118 · by dmeyer · main',
    why: 'ledger-main',
    took: '17.4 ms',
  })
})

t.test('a refusal says its code, and an allowed call that Sallyport ended both', async (t) => {
  t.match(callCells({ ...row, decision: 'refused', code: 'not_granted' }), { why: 'not_granted' })
  t.match(callCells({ ...row, decision: 'refused', code: undefined }), { why: '' })
  const ended = callCells({ ...row, code: 'upstream_unavailable', outcome: 'failed' })
  t.match(ended, { why: 'upstream_unavailable · ledger-main', status: 'Failed' })
})

t.test('many refusals in one entry have a count and no page', async (t) => {
  const cells = callCells({ ...row, decisionId: '', decision: 'refused', count: 4812 })
  t.match(cells, { href: undefined, status: 'Refused ×4,812' })
})

t.test('what is not known is empty', async (t) => {
  const unknown = {
    rule: undefined,
    method: undefined,
    namespace: undefined,
    workflowId: undefined,
    workflowType: undefined,
    projectPath: undefined,
    jobId: undefined,
    ref: undefined,
    userLogin: undefined,
    outcome: undefined,
    durationMs: undefined,
  }
  const cells = callCells({ ...row, ...unknown })
  t.match(cells, { method: '', namespace: '', workflowType: '', workflowId: '', caller: '' })
  t.match(cells, {
    project: 'gitlab.com/acme/a/-/jobs/118',
    why: '',
    took: '',
    status: 'Under way',
  })
  t.equal(callCells({ ...row, ...unknown, principal: undefined }).project, '')
})
