import t from 'tap'
import { jsonReport } from '../../src/policy-test/json-report.ts'
import { allowed, askedOf, notGranted, reported } from '../support/tested-policy.ts'

const start = { method: 'StartWorkflowExecution', namespace: 'payments', workflowId: 'ledger-1' }

t.test('every test with what came of it', async (t) => {
  const report = jsonReport(
    reported([
      askedOf({ ...start, name: 'a', expect: allowed }),
      askedOf({ ...start, name: 'b', claims: { ref: 'x' }, expect: notGranted }),
    ]),
  )
  t.match(report, {
    ok: true,
    file: 'policy.test.yaml',
    tests: [
      {
        name: 'a',
        line: 3,
        column: 5,
        identity: 'main',
        method: 'StartWorkflowExecution',
        namespace: 'payments',
        passed: true,
        outcome: 'allowed',
        rule: 'main',
      },
      { passed: true, outcome: 'refused', code: 'not_granted', reason: /nearest is the rule main/ },
    ],
    coverage: { total: 4, covered: 1, words: ['grant 2 of the rule main', /./, /./] },
  })
})

t.test('ok is what the exit code says', async (t) => {
  const tests = [askedOf({ ...start, expect: allowed })]
  t.match(jsonReport(reported(tests)), { ok: true })
  t.match(jsonReport(reported(tests, true)), { ok: false })
  t.match(jsonReport(reported([askedOf({ ...start, expect: notGranted })])), { ok: false })
})
