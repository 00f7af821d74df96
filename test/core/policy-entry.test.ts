import t from 'tap'
import { policyEntry, policyRefusalEntry } from '../../src/core/policy-entry.ts'
import { createPolicy } from '../../src/core/policy.ts'
import { ledgerPolicy } from '../support/tested-policy.ts'

const at = Date.parse('2026-11-23T09:14:02.113Z')

t.test('the entry of a change has both hashes, and what is different', async (t) => {
  const after = createPolicy({
    rules: ledgerPolicy.rules.slice(0, 1),
    denials: ledgerPolicy.denials,
    hash: 'sha256:4567',
  })
  t.same(policyEntry({ at, before: ledgerPolicy, after }), {
    time: '2026-11-23T09:14:02.113Z',
    kind: 'policy',
    outcome: 'allowed',
    policy_hash: 'sha256:4567',
    previous_policy_hash: 'sha256:0123',
    rule_count: 1,
    denial_count: 1,
    added: { count: 0, names: [] },
    removed: { count: 1, names: ['auditors'] },
    changed: { count: 0, names: [] },
  })
})

t.test('an entry stays short, however much is different', async (t) => {
  const [rule] = ledgerPolicy.rules
  const rules = Array.from({ length: 9_000 }, (_, index) => ({
    ...rule!,
    name: `${'r'.repeat(50)}-${index}`,
  }))
  const after = createPolicy({ rules, denials: [], hash: 'sha256:4567' })
  const there = policyEntry({ at, before: ledgerPolicy, after })
  t.match(there, { added: { count: 9_000 }, removed: { count: 3 } })
  const back = policyEntry({ at, before: after, after: ledgerPolicy })
  t.match(back, { removed: { count: 9_000 } })
  for (const entry of [there, back]) t.ok(JSON.stringify(entry).length < 8_000)
})

t.test(
  'the entry of a refusal has both hashes, and how often there is which problem',
  async (t) => {
    const faults = ['key-unknown', 'test-failed', 'key-unknown'].map((code) => ({
      code,
      message: 'says too much',
    }))
    const facts = { at, inForce: ledgerPolicy, faults }
    const entry = {
      time: '2026-11-23T09:14:02.113Z',
      kind: 'policy',
      outcome: 'refused',
      policy_hash: 'sha256:0123',
      problem_count: 3,
      problems: { 'key-unknown': 2, 'test-failed': 1 },
    }
    t.strictSame(policyRefusalEntry({ ...facts, refusedHash: undefined }), entry)
    t.strictSame(policyRefusalEntry({ ...facts, refusedHash: 'sha256:89' }), {
      ...entry,
      refused_policy_hash: 'sha256:89',
    })
  },
)
