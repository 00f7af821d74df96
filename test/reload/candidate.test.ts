import t from 'tap'
import { decide } from '../../src/core/decision.ts'
import { createCandidate, type CandidateParts } from '../../src/reload/candidate.ts'
import type { LoadedPolicy } from '../../src/reload/loaded-policy.ts'
import { keptLog } from '../support/audit-files.ts'
import { allowed, askedOf, ledgerPolicy, policyOf } from '../support/tested-policy.ts'

const empty = { ...policyOf('version: 1'), hash: 'sha256:empty' }
const start = {
  method: 'StartWorkflowExecution',
  namespace: 'payments',
  workflowId: 'ledger-1',
} as const
const { identity, call } = askedOf({ ...start, expect: allowed })
const decision = decide(ledgerPolicy, identity, call)

function create(files: LoadedPolicy[], others: Partial<CandidateParts> = {}) {
  const { log, lines } = keptLog()
  const differences: object[] = []
  const candidate = createCandidate({
    load: async () => files.shift()!,
    log,
    observe: (difference) => void differences.push(difference),
    ...others,
  })
  return {
    candidate,
    lines,
    differences,
    compare: () => candidate.compare(identity, call, decision),
  }
}

const good = (policy = empty): LoadedPolicy => ({ ok: true, policy, warnings: [] })
const bad: LoadedPolicy = {
  ok: false,
  hash: undefined,
  faults: [{ code: 'file-unreadable', message: 'candidate.yaml: cannot be read' }],
}

t.test('differences from what is in force are told and counted', async (t) => {
  const { candidate, compare, differences, lines } = create([good(), good()])
  t.equal(compare(), undefined, 'none is asked before it is loaded')
  t.equal(await candidate.reload(), true)
  t.match(compare(), { outcome: 'refused', code: 'not_granted', policyHash: 'sha256:empty' })
  t.same(differences, [{ from: 'allowed', to: 'not_granted' }])
  t.same([candidate.hash(), candidate.trouble()], ['sha256:empty', undefined])
  await candidate.reload()
  t.equal(lines().length, 1, 'the same file is no news')
})

t.test('a call that comes to the same, or would be allowed, is told so', async (t) => {
  const { candidate, compare, differences } = create([good(ledgerPolicy)])
  await candidate.reload()
  t.equal(compare(), undefined)
  t.same(differences, [])
  candidate.compare(identity, call, decide(empty, identity, call))
  t.same(differences, [{ from: 'not_granted', to: 'allowed' }])
})

t.test('a bad candidate is not asked, and neither is the one before it', async (t) => {
  const { candidate, compare, lines } = create([
    good(),
    bad,
    { ...bad, faults: [...bad.faults, ...bad.faults] },
    good(),
  ])
  await candidate.reload()
  await candidate.reload()
  t.equal(compare(), undefined)
  t.equal(candidate.hash(), undefined)
  t.match(candidate.trouble(), /no candidate policy is asked: its file has 1 problem;/)
  t.match(lines().slice(1, 3), [{ level: 'warn', code: 'file-unreadable' }, { level: 'error' }])
  await candidate.reload()
  t.match(candidate.trouble(), /its file has 2 problems;/)
  await candidate.reload()
  t.equal(candidate.trouble(), undefined)
  t.ok(compare())
})

t.test('a candidate that fails over a call harms nobody, and is not asked again', async (t) => {
  let count = 0
  const { candidate, compare } = create([good()], {
    decide: () => {
      count += 1
      throw new RangeError('too much')
    },
  })
  await candidate.reload()
  t.equal(compare(), undefined)
  t.equal(compare(), undefined)
  t.equal(count, 1)
  t.match(candidate.trouble(), /it failed \(RangeError: too much\)/)
})
