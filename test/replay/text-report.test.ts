import t from 'tap'
import type { FlipGroup } from '../../src/replay/flips.ts'
import type { ReplayReport } from '../../src/replay/replay.ts'
import { textReport } from '../../src/replay/text-report.ts'

const none: ReplayReport = {
  replayed: 2,
  firstTime: '2026-11-23T09:00:00.000Z',
  lastTime: '2026-11-23T10:00:00.000Z',
  flips: 0,
  groups: [],
  ungrouped: 0,
  leftOut: new Map(),
  refusedEarly: new Map(),
  unreadable: 0,
}

const group: FlipGroup = {
  from: 'allowed',
  to: 'refused',
  rule: 'ledger-main',
  code: 'not_granted',
  project: 'acme/ledger',
  method: 'StartWorkflowExecution',
  namespace: 'payments',
  count: 7,
  firstTime: '2026-11-23T09:00:00.000Z',
  lastTime: '2026-11-23T09:30:00.000Z',
  examples: ['d-1', 'd-2', 'd-3', 'd-4', 'd-5'],
}

const text = (report: Partial<ReplayReport>) =>
  textReport(
    { report: { ...none, ...report }, policyFile: 'next.yaml', policyHash: 'sha256:ab' },
    (_, word) => word,
  )

t.test('a policy that changes nothing is said in two lines', async (t) => {
  t.equal(
    text({}),
    `next.yaml (sha256:ab)
decided again on 2 calls from 2026-11-23T09:00:00.000Z to 2026-11-23T10:00:00.000Z: none would flip`,
  )
  t.match(text({ replayed: 0 }), /no recorded call could be decided on again/)
})

t.test('flips stand below their rule, with what was left out at the end', async (t) => {
  const one = { ...group, count: 1, lastTime: group.firstTime, examples: ['d-9'] }
  const report = text({
    replayed: 9,
    flips: 9,
    ungrouped: 3,
    groups: [
      group,
      { ...one, method: 'GetSystemInfo', namespace: '', rule: undefined },
      { ...one, from: 'refused', to: 'allowed', rule: 'release' },
    ],
    leftOut: new Map([
      ['before_policy', 3],
      ['no_identity', 1],
    ]),
    refusedEarly: new Map([
      ['token_expired', 2],
      ['message_malformed', 1],
    ]),
    unreadable: 4,
  })
  t.equal(
    report,
    `next.yaml (sha256:ab)
decided again on 9 calls from 2026-11-23T09:00:00.000Z to 2026-11-23T10:00:00.000Z: 9 would flip

allowed, and would be refused
  rule ledger-main
    7 calls of acme/ledger: StartWorkflowExecution in payments, not_granted
      2026-11-23T09:00:00.000Z to 2026-11-23T09:30:00.000Z; d-1, d-2, d-3, d-4, d-5, …
  by no rule
    1 call of acme/ledger: GetSystemInfo, not_granted
      2026-11-23T09:00:00.000Z; d-9

refused, and would be allowed
  rule release
    1 call of acme/ledger: StartWorkflowExecution in payments, not_granted
      2026-11-23T09:00:00.000Z; d-9

3 more are not listed: there are too many groups

left out: 3 calls refused before the policy was asked (token_expired 2, message_malformed 1)
left out: 1 call without the identity entry of their token in these journals
left out: 4 lines that are no entries`,
  )
})

t.test('what a caller chose cannot steer the terminal', async (t) => {
  const report = text({
    flips: 1,
    groups: [{ ...group, namespace: 'pay\u001b[2Jments\n', project: 'a\u202eb' }],
  })
  t.match(report, 'in pay�[2Jments�')
  for (const character of ['\u001b', '\u202e']) t.notOk(report.includes(character))
})
