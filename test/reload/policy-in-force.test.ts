import t from 'tap'
import type { EntryBody } from '../../src/core/audit-entry.ts'
import { refusal } from '../../src/core/refusal.ts'
import type { LoadedPolicy } from '../../src/reload/loaded-policy.ts'
import { createPolicyInForce } from '../../src/reload/policy-in-force.ts'
import { keptLog } from '../support/audit-files.ts'
import { ledgerPolicy } from '../support/tested-policy.ts'

const other = { ...ledgerPolicy, hash: 'sha256:other' }
const good = (policy = other): LoadedPolicy => ({ ok: true, policy, warnings: [] })
const bad: LoadedPolicy = {
  ok: false,
  hash: 'sha256:bad',
  faults: [
    { code: 'key-unknown', message: 'policy.yaml:4:5 isuer: is not known' },
    { code: 'test-failed', message: 'policy.test.yaml:9:5 main starts' },
  ],
}

/** A policy in force whose file holds one thing after the other, and a journal that can be full. */
function create(...files: LoadedPolicy[]) {
  const { log, lines, messages } = keptLog()
  const entries: EntryBody[] = []
  const results: string[] = []
  const journal = { isFull: false }
  const whileAppending: string[] = []
  let time = 1_000
  const inForce = createPolicyInForce({
    policy: ledgerPolicy,
    load: async () => files.shift() ?? good(ledgerPolicy),
    journal: {
      append: async (entry) => {
        whileAppending.push(inForce.current().hash)
        if (journal.isFull) {
          return { ok: false, refusal: refusal('audit_unavailable', 'the disk is full') }
        }
        entries.push(entry)
        return { ok: true }
      },
      enqueue: (entry) => void entries.push(entry),
    },
    log,
    now: () => time,
    observe: (result) => void results.push(result),
  })
  const move = (ms: number) => void (time += ms)
  return { inForce, entries, results, journal, lines, messages, whileAppending, move }
}

t.test('a good file takes effect after it is recorded, and not before', async (t) => {
  const { inForce, entries, results, whileAppending, move, lines } = create(good())
  t.same([inForce.current().hash, inForce.since()], [ledgerPolicy.hash, 1_000])
  move(500)
  t.equal(await inForce.reload(), true)
  t.same(whileAppending, [ledgerPolicy.hash])
  t.equal(inForce.current(), other)
  t.equal(inForce.since(), 1_500)
  t.equal(inForce.trouble(), undefined)
  t.same(results, ['applied'])
  t.match(entries, [
    {
      kind: 'policy',
      outcome: 'allowed',
      policy_hash: 'sha256:other',
      previous_policy_hash: ledgerPolicy.hash,
    },
  ])
  t.match(lines(), [{ level: 'info', policy_hash: 'sha256:other', added: [] }])
})

t.test('a bad file changes nothing, and every problem is said', async (t) => {
  const { inForce, entries, results, lines } = create(bad)
  t.equal(await inForce.reload(), true)
  t.equal(inForce.current(), ledgerPolicy)
  t.same(results, ['refused'])
  t.match(inForce.trouble(), /has 2 problems and is not in force/)
  t.match(entries, [
    {
      kind: 'policy',
      outcome: 'refused',
      policy_hash: ledgerPolicy.hash,
      refused_policy_hash: 'sha256:bad',
      problems: { 'key-unknown': 1, 'test-failed': 1 },
    },
  ])
  t.match(lines(), [
    { level: 'error', problem: 'policy.yaml:4:5 isuer: is not known' },
    { level: 'error', problem: 'policy.test.yaml:9:5 main starts' },
    { level: 'error', policy_hash: ledgerPolicy.hash, refused_policy_hash: 'sha256:bad' },
  ])
})

t.test('a file that is mended is in force again, with or without a change', async (t) => {
  const one = { ...bad, faults: bad.faults.slice(1) }
  const { inForce, results, messages, entries } = create(one, good(ledgerPolicy), bad, good())
  await inForce.reload()
  t.match(inForce.trouble(), /has 1 problem and/)
  await inForce.reload()
  t.equal(inForce.trouble(), undefined)
  t.ok(messages().includes('the policy file is the one in force again'))
  await inForce.reload()
  await inForce.reload()
  t.equal(inForce.trouble(), undefined)
  t.same(results, ['refused', 'unchanged', 'refused', 'applied'])
  t.equal(entries.length, 3)
})

t.test('a file that is as it was is no news', async (t) => {
  const { inForce, results, messages, entries } = create()
  t.equal(await inForce.reload(), true)
  t.same([results, messages(), entries], [['unchanged'], [], []])
})

t.test('no record, no change: it is tried again until the journal takes it', async (t) => {
  const { inForce, results, journal, lines } = create(good(), good(), good())
  journal.isFull = true
  t.equal(await inForce.reload(), false)
  t.equal(await inForce.reload(), false)
  t.equal(inForce.current(), ledgerPolicy)
  t.match(inForce.trouble(), /not in force, because that cannot be recorded: the disk is full/)
  t.equal(lines().length, 1, 'said once')
  journal.isFull = false
  t.equal(await inForce.reload(), true)
  t.equal(inForce.current(), other)
  t.equal(inForce.trouble(), undefined)
  t.same(results, ['unrecorded', 'unrecorded', 'applied'])
})

t.test('warnings of a file that takes effect are logged', async (t) => {
  const warnings = [{ code: 'role-wide', message: 'policy.yaml:9:3 is wide' }]
  const { inForce, lines } = create({ ok: true, policy: other, warnings })
  await inForce.reload()
  t.match(lines()[0], { level: 'warn', code: 'role-wide', problem: 'policy.yaml:9:3 is wide' })
})
