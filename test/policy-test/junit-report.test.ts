import t from 'tap'
import { junitReport } from '../../src/policy-test/junit-report.ts'
import { allowed, askedOf, notGranted, reported } from '../support/tested-policy.ts'

const start = { method: 'StartWorkflowExecution', namespace: 'payments', workflowId: 'ledger-1' }

t.test('cases, counts and failures, as GitLab reads them', async (t) => {
  const report = junitReport(
    reported([
      askedOf({ ...start, name: 'it starts', expect: allowed }),
      askedOf({ ...start, name: 'it starts not', expect: notGranted }),
    ]),
  )
  t.strictSame(report.split('\n'), [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites tests="2" failures="1" errors="0" skipped="0" time="0">',
    '  <testsuite name="policy.test.yaml" tests="2" failures="1" errors="0" skipped="0" time="0">',
    '    <testcase classname="policy" name="it starts" file="policy.test.yaml" line="3" time="0"/>',
    '    <testcase classname="policy" name="it starts not" file="policy.test.yaml" line="3" time="0"><failure type="policy" message="expected refused with not_granted, came allowed by the rule main">policy.test.yaml:3:5',
    'the rule main grants it with the role starter</failure></testcase>',
    '  </testsuite>',
    '</testsuites>',
  ])
})

t.test('names cannot leave their place, and hold nothing that XML cannot', async (t) => {
  const name = "\"><failure/> & \u0000 \uD800 \u{1F512} 'x'"
  const report = junitReport(reported([askedOf({ ...start, name, expect: allowed })]))
  t.match(report, 'name="&quot;&gt;&lt;failure/&gt; &amp; \uFFFD \uFFFD \u{1F512} \'x\'"')
})

t.test('coverage is a case of its own where it is asked for', async (t) => {
  const report = junitReport(reported([askedOf({ ...start, expect: allowed })], true))
  t.match(report, /<testsuites tests="2" failures="1"/)
  t.match(report, /name="every rule, grant and denial decides a test" file="policy.test.yaml" time/)
  t.match(report, /message="a part of the policy decided no test">1 of 4 rules/)
  const covered = reported([askedOf({ ...start, expect: allowed })], true)
  const coverage = { total: 1, covered: 1, uncovered: [] }
  t.match(junitReport({ ...covered, run: { ...covered.run, coverage } }), /failures="0"/)
})
