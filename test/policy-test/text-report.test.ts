import t from 'tap'
import { textReport, type Paint } from '../../src/policy-test/text-report.ts'
import { allowed, askedOf, notGranted, reported } from '../support/tested-policy.ts'

const start = { method: 'StartWorkflowExecution', namespace: 'payments', workflowId: 'ledger-1' }

const plain: Paint = (_, text) => text

t.test('a line for each test, and for a failure what to know of it', async (t) => {
  const report = reported([
    askedOf({ ...start, name: 'it starts', expect: allowed }),
    askedOf({ ...start, name: 'it starts not', expect: notGranted }),
  ])
  t.strictSame(textReport(report, plain).split('\n'), [
    'ok      it starts',
    'not ok  it starts not',
    '        policy.test.yaml:3:5',
    '        expected  refused with not_granted',
    '        came      allowed by the rule main',
    '        because   the rule main grants it with the role starter',
    '',
    '2 tests, 1 failed',
    '1 of 4 rules, grants and denials decided a test; no test was decided by grant 2 of the rule main, the rule auditors, the denial left',
  ])
})

t.test('what is not covered is a failure where it is asked for', async (t) => {
  const report = reported([askedOf({ ...start, expect: allowed })], true)
  const lines = textReport(report, (colour, text) => `<${colour}>${text}`).split('\n')
  t.match(lines, [/^<green>ok {6}Start/, '', '1 test, 0 failed', /^<red>not ok {2}1 of 4 rules/])
})
