import t from 'tap'
import {
  completionEntry,
  decisionEntry,
  wholeCallEntry,
  type EntryBody,
} from '../../src/core/audit-entry.ts'
import { decide } from '../../src/core/decision.ts'
import { createPolicy } from '../../src/core/policy.ts'
import { refusal } from '../../src/core/refusal.ts'
import type { Recorded } from '../../src/record/journal.ts'
import { createRecorder, type RecorderParts } from '../../src/record/recorder.ts'
import { identityOf } from '../support/decision-parts.ts'
import {
  callOf,
  identity as grantedIdentity,
  policy as grantingPolicy,
} from '../support/granted-call.ts'
import { createManualTime } from '../support/manual-time.ts'

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

/** A journal that keeps the entries as its readers would see them. */
function recordingJournal(answer: Recorded, others: Omit<RecorderParts, 'journal'> = {}) {
  const appended: EntryBody[] = []
  const enqueued: EntryBody[] = []
  const disk = { answer, trouble: undefined as string | undefined }
  const seen = (entry: EntryBody) => JSON.parse(JSON.stringify(entry)) as EntryBody
  const journal: RecorderParts['journal'] = {
    async append(entry) {
      appended.push(seen(entry))
      return disk.answer
    },
    enqueue: (entry) => void enqueued.push(seen(entry)),
    trouble: () => disk.trouble,
  }
  return { recorder: createRecorder({ journal, ...others }), appended, enqueued, disk }
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

void t.test(
  'calls that could not be recorded are counted, and told of when there is room',
  async (t) => {
    const no = { ok: false, refusal: refusal('audit_unavailable', 'disk full') } as const
    const { recorder, enqueued } = recordingJournal(no)
    const known = { ...facts, identity: identityOf() }
    await recorder.decision(known)
    await recorder.decision(known)
    recorder.close()
    t.match(enqueued, [
      { kind: 'refusals', code: 'audit_unavailable', count: 2, outcome: 'refused' },
    ])
  },
)

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

const levels = { read: 'completion', work: 'completion' } as const
const outcome = { result: 'completed', grpcStatus: 0, bytes: 43 } as const
const no = { ok: false, refusal: refusal('audit_unavailable', 'disk full') } as const

const granted = { ...grantedIdentity, expiresAt: 2e12 }

/** What is known of an allowed call of a method. */
function allowedFacts(name: string, decisionId = `d-${name}`) {
  const call = callOf(name)
  const decision = decide(grantingPolicy, granted, call)
  const { method } = call
  return { ...facts, decisionId, method, path: method.path, identity: granted, call, decision }
}

function ended({ decisionId, at }: { decisionId: string; at: number }) {
  return { at: at + 20, decisionId, outcome, durationMs: 20 }
}

void t.test('a call at level completion has one entry, when it has ended', async (t) => {
  const { recorder, appended, enqueued } = recordingJournal({ ok: true }, { levels })
  for (const name of ['GetWorkflowExecutionHistory', 'PollWorkflowTaskQueue']) {
    const read = allowedFacts(name)
    t.strictSame(await recorder.decision(read), { ok: true })
    recorder.completion(ended(read))
    t.strictSame(enqueued.splice(0), [wholeCallEntry(read, ended(read))])
    recorder.completion(ended(read))
    t.strictSame(enqueued.splice(0), [completionEntry(ended(read))], 'and is then forgotten')
  }
  t.strictSame(
    appended.map(({ kind }) => kind),
    ['identity'],
    'but who the token is for is recorded before',
  )
})

void t.test('calls that change something have both entries at any level', async (t) => {
  const { recorder, appended, enqueued } = recordingJournal({ ok: true }, { levels })
  const write = allowedFacts('StartWorkflowExecution')
  await recorder.decision(write)
  recorder.completion(ended(write))
  t.strictSame(appended.at(-1), decisionEntry(write))
  t.strictSame(enqueued, [completionEntry(ended(write))])
})

void t.test('refusals have a decision entry at any level', async (t) => {
  const { recorder, appended } = recordingJournal({ ok: true }, { levels })
  const call = callOf('GetWorkflowExecutionHistory')
  const refused = { ...allowedFacts(call.method.name), decision: decide(policy, granted, call) }
  await recorder.decision(refused)
  t.match(appended.at(-1), { kind: 'decision', outcome: 'refused', code: 'not_granted' })
})

void t.test(
  'a call that could not be recorded at its end is refused at its beginning',
  async (t) => {
    const { recorder, disk, enqueued } = recordingJournal({ ok: true }, { levels })
    await recorder.decision(allowedFacts('GetSystemInfo'))
    disk.trouble = 'disk full'
    const read = allowedFacts('GetWorkflowExecutionHistory')
    t.strictSame(await recorder.decision(read), no)
    disk.trouble = undefined
    recorder.completion(ended(read))
    t.strictSame(enqueued, [completionEntry(ended(read))], 'nothing is kept of it')
  },
)

void t.test('a call of a token that cannot be recorded is refused at any level', async (t) => {
  const { recorder, disk, appended } = recordingJournal(no, { levels })
  const read = allowedFacts('GetWorkflowExecutionHistory')
  t.equal(await recorder.decision(read), no)
  disk.answer = { ok: true }
  disk.trouble = 'disk full'
  t.strictSame(await recorder.decision(read), no, 'nor where the trouble begins just then')
  t.strictSame(
    appended.map(({ kind }) => kind),
    ['identity', 'identity'],
  )
})

void t.test(
  'of a flood of strangers each is recorded or counted, and the count is exact',
  async (t) => {
    const { now, schedule, advance } = createManualTime(facts.at)
    const { recorder, appended, enqueued } = recordingJournal({ ok: true }, { now, schedule })
    const answers = await Promise.all(Array.from({ length: 80 }, () => recorder.decision(facts)))
    t.ok(answers.every(({ ok }) => ok))
    t.equal(appended.length, 50)
    advance(1000)
    t.match(enqueued, [{ kind: 'refusals', code: 'credential_missing', count: 30 }])
  },
)

void t.test(
  'strangers whose entry is not written are counted, and so are those at the end',
  async (t) => {
    const { now, schedule } = createManualTime(facts.at)
    const { recorder, enqueued, appended } = recordingJournal(no, { now, schedule })
    for (let turn = 0; turn < 60; turn += 1) {
      t.equal((await recorder.decision(facts)).ok, turn >= 50)
    }
    t.equal(appended.length, 50)
    recorder.close()
    t.match(enqueued, [{ kind: 'refusals', count: 60 }])
  },
)

void t.test('callers with a verified token are never counted together', async (t) => {
  const { recorder, appended } = recordingJournal({ ok: true })
  const known = { ...facts, identity: identityOf() }
  for (let turn = 0; turn < 200; turn += 1) await recorder.decision(known)
  t.equal(appended.filter(({ kind }) => kind === 'decision').length, 200)
})
