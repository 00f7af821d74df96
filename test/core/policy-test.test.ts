import t from 'tap'
import { testPolicy } from '../../src/core/policy-test.ts'
import { allowed, askedOf, ledgerPolicy, notGranted } from '../support/tested-policy.ts'

const start = { method: 'StartWorkflowExecution', namespace: 'payments', workflowId: 'ledger-1' }

const passes = (test: Parameters<typeof askedOf>[0]) => testPolicy(ledgerPolicy, [askedOf(test)]).ok

t.test('a call that is allowed passes where that is expected, and by that rule', async (t) => {
  t.ok(passes({ ...start, expect: allowed }))
  t.ok(passes({ ...start, expect: { outcome: 'allowed', rule: 'main' } }))
  t.notOk(passes({ ...start, expect: { outcome: 'allowed', rule: 'auditors' } }))
  t.notOk(passes({ ...start, expect: notGranted }))
})

t.test('a call that is refused passes only with the very code', async (t) => {
  const claims = { ref: 'feature' }
  t.ok(passes({ ...start, claims, expect: notGranted }))
  t.notOk(passes({ ...start, claims, expect: allowed }))
  t.notOk(passes({ ...start, claims, expect: { outcome: 'refused', code: 'denied_by_rule' } }))
})

t.test('guards apply as they do to real tokens', async (t) => {
  const claims = { project_id: '2' }
  t.ok(passes({ ...start, claims, expect: { outcome: 'refused', code: 'guard_fork_pipelines' } }))
})

t.test('one failure makes the run fail, and the results stay in order', async (t) => {
  const run = testPolicy(ledgerPolicy, [
    askedOf({ ...start, expect: allowed }),
    askedOf({ ...start, expect: notGranted }),
  ])
  t.notOk(run.ok)
  t.strictSame(
    run.results.map(({ passed }) => passed),
    [true, false],
  )
})
