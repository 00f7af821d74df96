import { refusal, refusals, type Refusal, type RefusalCode } from '../../core/refusal.ts'
import { callOfEntry, identityOfEntry, type RecordedEntry } from '../../core/recorded-call.ts'
import type { Method } from '../../core/method.ts'
import { methods } from '../../temporal/methods.ts'
import type { Case } from './case.ts'
import type { RecordedDecision } from './find-decision.ts'
import type { Note } from './note.ts'

/** What the journal says was decided, and what became of it. */
export interface Recorded {
  readonly decisionId: string
  readonly time: string
  readonly outcome: string
  readonly code: string | undefined
  readonly detail: string | undefined
  readonly rule: string | undefined
  readonly role: string | undefined
  /** Names of the rules whose tests held. */
  readonly rules: readonly string[]
  readonly policyHash: string
  /** Outcome of the forwarded call, such as `completed`. */
  readonly completion: string | undefined
}

/** A decision of the journal: as it was, and as something that can be decided on again. */
export interface RecordedCase {
  readonly recorded: Recorded
  /** Absent where the journal does not have what it takes. */
  readonly example: Case | undefined
  readonly notes: readonly Note[]
}

/** Rebuilds who called what from the entries of a decision. */
export function recordedCase(found: RecordedDecision, policyHash: string): RecordedCase {
  const { decision } = found
  const recorded: Recorded = {
    decisionId: textOf(decision, 'decision_id') ?? '',
    time: textOf(decision, 'time') ?? '',
    outcome: textOf(decision, 'outcome') ?? '',
    code: textOf(decision, 'code'),
    detail: textOf(decision, 'detail'),
    rule: textOf(decision, 'rule'),
    role: textOf(decision, 'role'),
    rules: Array.isArray(decision['rules']) ? decision['rules'].map(String) : [],
    policyHash: textOf(decision, 'policy_hash') ?? '',
    completion: found.completion && textOf(found.completion, 'outcome'),
  }
  const notes = [...hashNotes(recorded, policyHash), ...cutNotes(found), ...denialNotes(recorded)]
  const method = methodOf(decision)
  const early = refusedEarly(decision, recorded)
  const identity = found.identity && identityOfEntry(found.identity)
  if (early) {
    const facts = { identity: early, refused: undefined, isUnverified: false, notes }
    return { recorded, notes, example: { ...facts, method, call: early } }
  }
  const call = method && callOfEntry(decision, method)
  const lacking = [
    ...(identity ? [] : ['the identity entry of its token']),
    ...(call ? [] : ['what the call needed']),
  ]
  if (method === undefined || identity === undefined || call === undefined) {
    const message = `it cannot be decided on again: the journal does not have ${lacking.join(', nor ')} (an older version wrote it, or it was cut)`
    return { recorded, notes: [...notes, { code: 'not-replayable', message }], example: undefined }
  }
  const example = { identity, refused: undefined, isUnverified: false, method, call, notes }
  return { recorded, notes, example }
}

function methodOf(decision: RecordedEntry): Method | undefined {
  const { service, method } = decision
  return methods.find((known) => known.service === service && known.name === method)
}

/** The refusal of a call that never came before the policy: its token or its message was bad. */
function refusedEarly(decision: RecordedEntry, { code, detail }: Recorded): Refusal | undefined {
  if (code === undefined || !isCode(code)) return undefined
  const wasAsked = decision['token_sha256'] !== undefined && decision['bytes'] !== undefined
  return wasAsked ? undefined : refusal(code, detail ?? '')
}

/** Whether a text is the code of a refusal that this version knows. */
export function isCode(code: string): code is RefusalCode {
  return Object.hasOwn(refusals, code)
}

function hashNotes({ policyHash }: Recorded, today: string): readonly Note[] {
  if (policyHash === today) return []
  const message = `another policy was in force then (${policyHash}); this one is ${today}`
  return [{ code: 'other-policy', message }]
}

function cutNotes({ decision, identity }: RecordedDecision): readonly Note[] {
  const isCut = /… \(\d+ characters\)"/.test(JSON.stringify([decision, identity]))
  if (!isCut) return []
  const message =
    'a value was too long for the journal and was cut there, so tests of it may come out otherwise'
  return [{ code: 'value-cut', message }]
}

function denialNotes({ code }: Recorded): readonly Note[] {
  if (code !== 'denied_by_rule') return []
  const message =
    'whether anything was wrong with the message itself was not recorded, since the denial came first'
  return [{ code: 'message-unknown', message }]
}

function textOf(entry: RecordedEntry, name: string): string | undefined {
  const value = entry[name]
  return typeof value === 'string' ? value : undefined
}
