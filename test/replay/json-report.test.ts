import t from 'tap'
import { jsonReport } from '../../src/replay/json-report.ts'

t.test('the report for programs has every number, under names in snake case', async (t) => {
  const about = {
    from: 'allowed',
    to: 'refused',
    rule: 'main',
    code: 'not_granted',
    project: 'acme/ledger',
    method: 'StartWorkflowExecution',
    namespace: 'payments',
    count: 1,
  } as const
  const report = {
    replayed: 4,
    firstTime: '2026',
    lastTime: '2027',
    flips: 1,
    groups: [{ ...about, firstTime: '2026', lastTime: '2026', examples: ['d-1'] }],
    ungrouped: 0,
    leftOut: new Map([['no_identity', 2] as const]),
    refusedEarly: new Map([['token_expired', 1]]),
    unreadable: 3,
  }
  t.strictSame(jsonReport({ report, policyFile: 'next.yaml', policyHash: 'sha256:ab' }), {
    ok: false,
    policy: 'next.yaml',
    policy_hash: 'sha256:ab',
    replayed: 4,
    first_time: '2026',
    last_time: '2027',
    flips: 1,
    groups: [{ ...about, first_time: '2026', last_time: '2026', examples: ['d-1'] }],
    ungrouped: 0,
    left_out: { no_identity: 2 },
    refused_before_policy: { token_expired: 1 },
    unreadable_lines: 3,
  })
})
