import t from 'tap'
import { completionEntry, decisionEntry, type EntryBody } from '../../src/core/audit-entry.ts'
import { decide } from '../../src/core/decision.ts'
import { createPolicy } from '../../src/core/policy.ts'
import { refusal } from '../../src/core/refusal.ts'
import type { Journal, Recorded } from '../../src/record/journal.ts'
import { createRecorder } from '../../src/record/recorder.ts'
import { identityOf } from '../support/decision-parts.ts'

const missing = refusal('credential_missing', 'no authorization metadata')
const policy = createPolicy({ rules: [], denials: [], hash: 'sha256:00' })
const facts = {
  at: Date.parse('2026-11-23T09:14:02.113Z'),
  decisionId: 'd-000000000001',
  method: undefined,
  path: '/x/Y',
  peer: '10.4.2.17',
  identity: missing,
  call: missing,
  decision: decide(policy, missing, missing),
  policyHash: 'sha256:00',
}

function recordingJournal(answer: Recorded) {
  const appended: EntryBody[] = []
  const enqueued: EntryBody[] = []
  const journal: Journal = {
    async append(entry) {
      appended.push(entry)
      return answer
    },
    enqueue: (entry) => void enqueued.push(entry),
    trouble: () => undefined,
    close: async () => {},
  }
  return { recorder: createRecorder({ journal }), appended, enqueued }
}

void t.test(
  'who a token is for is recorded once, before the first decision about it',
  async (t) => {
    const { recorder, appended } = recordingJournal({ ok: true })
    const known = { ...facts, identity: identityOf() }
    await recorder.decision(known)
    await recorder.decision(known)
    await recorder.decision({ ...facts, identity: identityOf({ tokenDigest: 'cd'.repeat(32) }) })
    const kinds = appended.map(({ kind }) => kind)
    t.strictSame(kinds, ['identity', 'decision', 'decision', 'identity', 'decision'])
    t.match(appended[0], { token_sha256: 'ab'.repeat(32), claims: { ref: 'main' } })
  },
)

void t.test(
  'an identity that could not be recorded is recorded with the next decision',
  async (t) => {
    const no = { ok: false, refusal: refusal('audit_unavailable', 'disk full') } as const
    const { recorder, appended } = recordingJournal(no)
    const known = { ...facts, identity: identityOf() }
    t.equal(await recorder.decision(known), no)
    await recorder.decision(known)
    t.equal(appended.filter(({ kind }) => kind === 'identity').length, 2)
  },
)

void t.test('a decision is appended, and what the journal says is passed on', async (t) => {
  const no = { ok: false, refusal: refusal('audit_unavailable', 'disk full') } as const
  for (const answer of [{ ok: true } as const, no]) {
    const { recorder, appended, enqueued } = recordingJournal(answer)
    t.equal(await recorder.decision(facts), answer)
    t.strictSame(appended, [decisionEntry(facts)])
    t.strictSame(enqueued, [])
  }
})

void t.test('a completion is queued and nobody waits', async (t) => {
  const { recorder, appended, enqueued } = recordingJournal({ ok: true })
  const completion = {
    at: facts.at,
    decisionId: facts.decisionId,
    outcome: { result: 'completed', grpcStatus: 0, bytes: 43 },
    durationMs: 17.4,
  } as const
  t.equal(recorder.completion(completion), undefined)
  t.strictSame(enqueued, [completionEntry(completion)])
  t.strictSame(appended, [])
})
