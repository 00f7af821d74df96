import t from 'tap'
import { decide } from '../../src/core/decision.ts'
import {
  formatCoverage,
  formatDecision,
  formatExpectation,
  formatPart,
} from '../../src/policy-test/wording.ts'
import { allowed, askedOf, ledgerPolicy, notGranted } from '../support/tested-policy.ts'

t.test('expectations in words', async (t) => {
  t.equal(formatExpectation(allowed), 'allowed')
  t.equal(formatExpectation({ outcome: 'allowed', rule: 'r' }), 'allowed by the rule r')
  t.equal(formatExpectation(notGranted), 'refused with not_granted')
})

t.test('decisions in words', async (t) => {
  const words = (method: string, namespace?: string) => {
    const asked = askedOf({ method, namespace, workflowId: 'ledger-1', expect: allowed })
    return formatDecision(decide(ledgerPolicy, asked.identity, asked.call))
  }
  t.equal(words('GetSystemInfo'), 'allowed')
  t.equal(words('DescribeWorkflowExecution', 'payments'), 'allowed by the rule main')
  t.equal(words('DescribeWorkflowExecution', 'other'), 'refused with not_granted')
})

t.test('coverage in words', async (t) => {
  t.equal(formatPart({ kind: 'rule', name: 'a' }), 'the rule a')
  t.equal(
    formatCoverage({ total: 2, covered: 2, uncovered: [] }),
    '2 of 2 rules, grants and denials decided a test',
  )
  t.equal(
    formatCoverage({
      total: 3,
      covered: 1,
      uncovered: [
        { kind: 'grant', name: 'b', grant: 2 },
        { kind: 'denial', name: 'c' },
      ],
    }),
    '1 of 3 rules, grants and denials decided a test; no test was decided by grant 2 of the rule b, the denial c',
  )
})
