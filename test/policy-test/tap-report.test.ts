import t from 'tap'
import { tapReport } from '../../src/policy-test/tap-report.ts'
import { allowed, askedOf, notGranted, reported } from '../support/tested-policy.ts'

const start = { method: 'StartWorkflowExecution', namespace: 'payments', workflowId: 'ledger-1' }

t.test('the report says what passed, what failed and why', async (t) => {
  const report = tapReport(
    reported([
      askedOf({ ...start, name: 'it starts', expect: allowed }),
      askedOf({ ...start, name: 'it starts "not"', expect: notGranted }),
    ]),
  )
  t.strictSame(report.split('\n'), [
    'TAP version 14',
    '1..2',
    'ok 1 - it starts',
    'not ok 2 - it starts "not"',
    '  ---',
    '  expected: "refused with not_granted"',
    '  actual: "allowed by the rule main"',
    '  reason: "the rule main grants it with the role starter"',
    '  at: "policy.test.yaml:3:5"',
    '  ...',
    '# 1 of 4 rules, grants and denials decided a test; no test was decided by grant 2 of the rule main, the rule auditors, the denial left',
  ])
})

t.test('a name cannot turn a failure into a success, nor begin a line', async (t) => {
  const name = 'it starts # TODO later\nok 2 - forged \\'
  const report = tapReport(reported([askedOf({ ...start, name, expect: notGranted })]))
  t.match(report, String.raw`not ok 1 - it starts \# TODO later ok 2 - forged \\`)
  t.notMatch(report, /^ok/m)
})

t.test('coverage is a test of its own where it is asked for', async (t) => {
  const report = tapReport(reported([askedOf({ ...start, expect: allowed })], true))
  t.match(report, /^1\.\.2$/m)
  t.match(report, /^not ok 2 - every rule, grant and denial decides a test$/m)
})
