import t from 'tap'
import { recordedAccount } from '../../../src/commands/explain/recorded-account.ts'
import type { Recorded } from '../../../src/commands/explain/recorded-case.ts'

const recorded: Recorded = {
  decisionId: 'd-1',
  time: '',
  outcome: 'refused',
  code: 'not_granted',
  detail: 'start in payments',
  rule: undefined,
  role: undefined,
  rules: ['a'],
  policyHash: '',
  completion: undefined,
}

void t.test('what the journal has of a decision that cannot be made again', async (t) => {
  t.match(recordedAccount(recorded, [{ code: 'x', message: 'y' }]), {
    outcome: 'refused',
    code: 'not_granted',
    matching: ['a'],
    reasons: [{ message: 'start in payments' }, { message: /No rule matches/ }],
    changes: [{ message: /sallyport explain/ }],
    notes: [{ code: 'x' }],
    considered: [],
  })
})

void t.test('an allowed one, and one with a code of another version', async (t) => {
  const allowed = { ...recorded, outcome: 'allowed', code: undefined, detail: undefined, rule: 'a' }
  t.match(recordedAccount(allowed, []), { outcome: 'allowed', rule: 'a', reasons: [], changes: [] })
  t.match(recordedAccount({ ...recorded, code: 'new_code' }, []), { code: 'new_code', changes: [] })
})
