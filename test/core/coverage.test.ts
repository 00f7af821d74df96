import t from 'tap'
import { coverageOf } from '../../src/core/coverage.ts'
import { explain } from '../../src/core/explanation.ts'
import type { PolicyTest } from '../../src/core/policy-test.ts'
import { allowed, askedOf, ledgerPolicy } from '../support/tested-policy.ts'

const cover = (...tests: PolicyTest[]) =>
  coverageOf(
    ledgerPolicy,
    tests.map(({ identity, call }) => explain(ledgerPolicy, identity, call)),
  )

const start = { method: 'StartWorkflowExecution', namespace: 'payments', workflowId: 'ledger-1' }

t.test('without tests nothing is covered; a review of the audit stream never counts', async (t) => {
  t.strictSame(cover(), {
    total: 4,
    covered: 0,
    uncovered: [
      { kind: 'grant', name: 'main', grant: 1 },
      { kind: 'grant', name: 'main', grant: 2 },
      { kind: 'rule', name: 'auditors' },
      { kind: 'denial', name: 'left' },
    ],
  })
})

t.test('a call that needs several things covers every grant that it rests on', async (t) => {
  const both = askedOf({
    ...start,
    method: 'SignalWithStartWorkflowExecution',
    handler: 'close',
    expect: allowed,
  })
  t.match(cover(both), {
    covered: 2,
    uncovered: [{ name: 'auditors' }, { kind: 'denial', name: 'left' }],
  })
})

t.test('a refused call covers nothing, even where a part of it is granted', async (t) => {
  const refused = askedOf({
    ...start,
    method: 'SignalWithStartWorkflowExecution',
    handler: 'other',
    expect: allowed,
  })
  t.equal(cover(refused).covered, 0)
})

t.test('a denial is covered by whom it refuses, and people by people', async (t) => {
  const left = askedOf({ ...start, claims: { user_id: '9' }, expect: allowed })
  const read = {
    method: 'ListWorkflowExecutions',
    namespace: 'payments',
    claims: { user_id: '7', ref: 'none' },
  }
  const auditor = askedOf({ ...read, kind: 'person', expect: allowed })
  t.match(cover(left, auditor), { covered: 2, uncovered: [{ grant: 1 }, { grant: 2 }] })
  t.equal(cover(left, auditor).uncovered.length, 2)
})
