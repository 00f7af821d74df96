import t from 'tap'
import { decide } from '../../src/core/decision.ts'
import type { Policy } from '../../src/core/policy.ts'
import { callOfEntry, identityOfEntry } from '../../src/core/recorded-call.ts'
import { createFlips, type Flip } from '../../src/replay/flips.ts'
import { methods } from '../../src/temporal/methods.ts'
import { recordedCall } from '../support/recorded-calls.ts'
import { ledgerPolicy, policyOf } from '../support/tested-policy.ts'

const empty = policyOf('version: 1')

/** Counts what another policy makes of recorded calls. */
function flipsOf(
  calls: readonly Parameters<typeof recordedCall>[0][],
  candidate: Policy,
  onFlip?: (flip: Flip) => void,
) {
  const flips = createFlips(onFlip)
  for (const parts of calls) {
    const { identity, decision } = recordedCall(parts)
    const caller = identityOfEntry(identity)!
    const method = methods.find(({ name }) => name === decision['method'])!
    const asked = { identity: caller, call: callOfEntry(decision, method)! }
    flips.count(decision, asked, decide(candidate, asked.identity, asked.call))
  }
  return flips
}

t.test('calls that are alike are one group, with the first few as examples', async (t) => {
  const times = [5_000, 3_000, 4_000, 6_000, 9_000, 7_000]
  const calls = times.map((at, index) => ({ workflowId: `ledger-${index}`, at, id: `d-${index}` }))
  const flips = flipsOf(calls, empty)
  t.equal(flips.total(), 6)
  t.strictSame(flips.groups(), [
    {
      from: 'allowed',
      to: 'refused',
      rule: 'main',
      code: 'not_granted',
      project: 'acme/ledger',
      method: 'StartWorkflowExecution',
      namespace: 'payments',
      count: 6,
      firstTime: '1970-01-01T00:00:03.000Z',
      lastTime: '1970-01-01T00:00:09.000Z',
      examples: ['d-0', 'd-1', 'd-2', 'd-3', 'd-4'],
    },
  ])
})

t.test('every flip is told of, also where a group has examples enough', async (t) => {
  const told: Flip[] = []
  const calls = Array.from({ length: 9 }, (_, index) => ({
    workflowId: `ledger-${index}`,
    id: `d-${index}`,
  }))
  flipsOf(calls, empty, (flip) => told.push(flip))
  t.strictSame(
    told.map(({ decisionId }) => decisionId),
    calls.map(({ id }) => id),
  )
  t.match(told[0], { from: 'allowed', to: 'refused', code: 'not_granted', namespace: 'payments' })
})

t.test('a call that would be allowed is grouped by the rule that would', async (t) => {
  const flips = flipsOf([{ workflowId: 'ledger-1', policy: empty }], ledgerPolicy)
  t.match(flips.groups(), [
    { from: 'refused', to: 'allowed', rule: 'main', code: 'not_granted', count: 1 },
  ])
})

t.test('what comes to the same is no flip, even for another reason', async (t) => {
  const denying = policyOf('version: 1\ndenials: [{ name: all, match: { project_id: 1 } }]')
  const flips = flipsOf([{ workflowId: 'other' }], denying)
  t.same([flips.total(), flips.groups()], [0, []])
  t.equal(flipsOf([{ workflowId: 'ledger-1' }], ledgerPolicy).total(), 0)
})

t.test(
  'groups come by direction, rule and size, and a job without a project by its name',
  async (t) => {
    const start = { workflowId: 'ledger-1' }
    const read = { ...start, method: 'DescribeWorkflowExecution' }
    const info = { method: 'GetSystemInfo', namespace: '' }
    const other = { ...start, claims: { project_path: 'acme/other' } }
    const denying = policyOf('version: 1\ndenials: [{ name: all, match: { project_id: 1 } }]')
    const groups = flipsOf([start, other, read, read, info], denying).groups()
    t.same(
      groups.map(({ rule, method, project, count }) => [rule, method, project, count]),
      [
        [undefined, 'GetSystemInfo', 'acme/ledger', 1],
        ['main', 'DescribeWorkflowExecution', 'acme/ledger', 2],
        ['main', 'StartWorkflowExecution', 'acme/ledger', 1],
        ['main', 'StartWorkflowExecution', 'acme/other', 1],
      ],
    )
  },
)

t.test('a job without a project goes by its name, and an entry may say little', async (t) => {
  const { identity, decision } = recordedCall({ workflowId: 'ledger-1' })
  const caller = { ...identityOfEntry(identity)!, claims: new Map<string, string>() }
  const method = methods.find(({ name }) => name === decision['method'])!
  const asked = { identity: caller, call: callOfEntry(decision, method)! }
  const flips = createFlips()
  const { rule: _, time: __, decision_id: ___, ...bare } = decision
  flips.count(bare, asked, decide(empty, caller, asked.call))
  flips.count(decision, asked, decide(empty, caller, asked.call))
  flips.count({ ...bare, outcome: 'allowed' }, asked, decide(empty, caller, asked.call))
  t.match(flips.groups(), [
    { rule: undefined, project: caller.principal, count: 2, firstTime: '', examples: ['', ''] },
    { rule: 'main', project: caller.principal },
  ])
})

t.test('memory is bounded: beyond so many groups, flips are only counted', async (t) => {
  const calls = Array.from({ length: 10_003 }, (_, index) => ({
    workflowId: 'ledger-1',
    claims: { project_path: `acme/${index}` },
  }))
  const flips = flipsOf([...calls, calls[0]!], empty)
  t.same([flips.total(), flips.groups().length, flips.ungrouped()], [10_004, 10_000, 3])
})
