import t from 'tap'
import { isCode, recordedCase } from '../../../src/commands/explain/recorded-case.ts'
import { completionEntry, decisionEntry, identityEntry } from '../../../src/core/audit-entry.ts'
import { decide } from '../../../src/core/decision.ts'
import { createPolicy } from '../../../src/core/policy.ts'
import { isRefusal, refusal } from '../../../src/core/refusal.ts'
import type { RecordedEntry } from '../../../src/core/recorded-call.ts'
import { caseOf } from '../../support/explain.ts'

const written = (entry: object) => JSON.parse(JSON.stringify(entry)) as RecordedEntry

/** The entries that the proxy would write of a case, under a policy without rules. */
function entriesOf(asked: Parameters<typeof caseOf>[0] = {}) {
  const { identity, call, method } = caseOf(asked)
  const decision = decide(createPolicy({ rules: [], denials: [], hash: '' }), identity, call)
  const facts = { at: 0, decisionId: 'd-1', method, path: '/x', peer: 'p', policyHash: 'then' }
  return {
    decision: written(decisionEntry({ ...facts, identity, call, decision })),
    identity: isRefusal(identity) ? undefined : written(identityEntry(0, identity)),
    completion: undefined,
  }
}

void t.test('a decision that the policy made can be made again', async (t) => {
  const { recorded, example, notes } = recordedCase(entriesOf(), 'then')
  const { identity, call, method } = caseOf()
  t.match(recorded, {
    decisionId: 'd-1',
    outcome: 'refused',
    code: 'not_granted',
    policyHash: 'then',
    rules: [],
  })
  t.equal(recorded.time, '1970-01-01T00:00:00.000Z')
  t.match(example, { method, identity })
  t.same(example && !isRefusal(example.call) && example.call.needs, !isRefusal(call) && call.needs)
  t.same(notes, [])
})

void t.test('the rules that matched and the end of the call are told', async (t) => {
  const outcome = { result: 'completed', grpcStatus: 0, bytes: 1 } as const
  const completion = written(completionEntry({ at: 0, decisionId: 'd-1', outcome, durationMs: 1 }))
  const entries = entriesOf()
  const decision = { ...entries.decision, rules: ['a', 'b'] }
  const { recorded } = recordedCase({ ...entries, decision, completion }, 'then')
  t.match(recorded, { rules: ['a', 'b'], completion: 'completed' })
})

void t.test('a refusal that came before the policy stays what it was', async (t) => {
  const token = recordedCase(entriesOf({ identity: refusal('token_expired', 'old') }), 'then')
  t.match(token.example, { identity: { code: 'token_expired', detail: 'old' } })
  const message = recordedCase(entriesOf({ call: refusal('message_malformed', 'cut off') }), 'then')
  t.match(message.example, { call: { code: 'message_malformed' } })
  const entries = entriesOf({ identity: refusal('token_expired', 'old') })
  const unknown = { ...entries.decision, method: undefined, path: '/no/such', detail: undefined }
  t.match(recordedCase({ ...entries, decision: unknown }, 'then').example, { method: undefined })
})

void t.test('what the journal does not have is said', async (t) => {
  const entries = entriesOf()
  const lost = recordedCase({ ...entries, identity: undefined }, 'then')
  t.equal(lost.example, undefined)
  t.match(lost.notes, [{ code: 'not-replayable', message: /the identity entry of its token \(/ }])
  const bare = { kind: 'decision', code: 'from_the_future' }
  const { notes } = recordedCase({ decision: bare, identity: undefined, completion: undefined }, '')
  t.match(notes, [{ message: /the identity entry of its token, nor what the call needed/ }])
  const old = recordedCase(
    { ...entries, decision: { ...entries.decision, needs: undefined } },
    'then',
  )
  t.match(old.notes, [{ message: /have what the call needed/ }])
})

void t.test(
  'another policy, values that were cut, and a denial that came first are noted',
  async (t) => {
    const entries = entriesOf()
    const codes = (decision: RecordedEntry, hash: string) =>
      recordedCase({ ...entries, decision }, hash).notes.map(({ code }) => code)
    t.same(codes(entries.decision, 'now'), ['other-policy'])
    t.same(codes({ ...entries.decision, workflow_id: 'x… (2000 characters)' }, 'then'), [
      'value-cut',
    ])
    t.same(codes({ ...entries.decision, code: 'denied_by_rule' }, 'then'), ['message-unknown'])
  },
)

void t.test('codes that this version knows are told from others', async (t) => {
  t.same(['not_granted', 'toString', 'x'].map(isCode), [true, false, false])
})
