import type { Call, CallFacts, Need } from './call.ts'
import type { Decision } from './decision.ts'
import type { Identity } from './identity.ts'
import type { Method } from './method.ts'
import type { Outcome } from './outcome.ts'
import { isRefusal, type Refusal } from './refusal.ts'
import type { ShadowDecision } from './shadow.ts'

/** What an entry is about. */
export type EntryKind =
  | 'decision'
  | 'completion'
  | 'refusals'
  | 'identity'
  | 'policy'
  | 'issuer_keys'
  | 'checkpoint'
  | 'signing_key'
  | 'retention'
  | 'review'
  | 'start'
  | 'stop'

/** What an entry says, before the journal gives it its place: `id`, `seq` and `prev`. */
export interface EntryBody {
  /** When it happened, ISO 8601 in UTC with milliseconds. */
  readonly time: string
  readonly kind: EntryKind
  readonly [field: string]: unknown
}

/** Claims that decision entries repeat, so that each line can be read alone. All are GitLab's names. */
export const recordedClaims = [
  'project_path',
  'project_id',
  'job_project_id',
  'job_id',
  'pipeline_id',
  'pipeline_source',
  'ref',
  'ref_type',
  'ref_protected',
  'environment',
  'user_id',
  'user_login',
  'sha',
] as const

/** Longest value of one field, in UTF-16 code units: with every field full, an entry stays under 64 KiB. */
const valueLengthMax = 1024

export interface DecisionFacts {
  readonly at: number
  readonly decisionId: string
  /** The method that the path names, whether or not the caller may use it. */
  readonly method: Method | undefined
  readonly path: string
  /** Network address of the caller, without its port. */
  readonly peer: string
  readonly identity: Identity | Refusal
  readonly call: Call | Refusal
  readonly decision: Decision
  readonly policyHash: string
  /** What the candidate policy would have done otherwise. */
  readonly shadow?: ShadowDecision | undefined
}

/**
 * The entry that is written before anything is forwarded. Absent facts are left out. This says what an
 * entry is; `record/call-encoder.ts` writes the same without making an object of it.
 */
export function decisionEntry(facts: DecisionFacts): EntryBody {
  const { decision } = facts
  return compact({
    time: new Date(facts.at).toISOString(),
    kind: 'decision',
    decision_id: facts.decisionId,
    outcome: decision.allowed ? 'allowed' : 'refused',
    code: decision.allowed ? undefined : decision.refusal.code,
    detail: decision.allowed ? undefined : decision.refusal.detail,
    rule: decision.terms?.rule,
    rules: decision.rules.length > 0 ? decision.rules : undefined,
    role: decision.terms?.role,
    ...methodFields(facts),
    ...callFields(facts.call),
    ...identityFields(facts.identity),
    policy_hash: facts.policyHash,
    shadow: facts.shadow && shadowFields(facts.shadow),
    peer: facts.peer,
    bytes: isRefusal(facts.call) ? undefined : facts.call.message.length,
  })
}

export interface CompletionFacts {
  readonly at: number
  readonly decisionId: string
  readonly outcome: Outcome
  readonly durationMs: number
}

/** The entry that says what became of a forwarded call. */
export function completionEntry(facts: CompletionFacts): EntryBody {
  return {
    time: new Date(facts.at).toISOString(),
    kind: 'completion',
    decision_id: facts.decisionId,
    outcome: facts.outcome.result,
    ...(facts.outcome.code && { code: facts.outcome.code }),
    grpc_status: facts.outcome.grpcStatus,
    bytes: facts.outcome.bytes,
    duration_ms: Math.round(facts.durationMs * 10) / 10,
  }
}

/**
 * The one entry of a call that has none before it is forwarded: what was decided, and what became of it.
 * `bytes` is the answer's length there, as in every completion.
 */
export function wholeCallEntry(decided: DecisionFacts, completed: CompletionFacts): EntryBody {
  const {
    time: _time,
    kind: _kind,
    decision_id: _id,
    outcome,
    bytes,
    ...facts
  } = decisionEntry(decided)
  const {
    grpc_status: status,
    bytes: answerBytes,
    duration_ms: durationMs,
    ...end
  } = completionEntry(completed)
  return {
    ...end,
    level: 'completion',
    decision: outcome,
    ...facts,
    ...(bytes !== undefined && { request_bytes: bytes }),
    grpc_status: status,
    bytes: answerBytes,
    duration_ms: durationMs,
  }
}

/** The entry that says once who a token is for, with every claim; decisions refer to it by `token_sha256`. */
export function identityEntry(at: number, identity: Identity): EntryBody {
  const claims = [...identity.claims].map(([name, value]) => [name, bounded(value)] as const)
  return compact({
    time: new Date(at).toISOString(),
    kind: 'identity',
    token_sha256: identity.tokenDigest,
    principal: identity.principal,
    issuer: identity.issuer,
    identity_kind: identity.kind,
    subject: identity.subject,
    guards: identity.guards,
    expires: new Date(identity.expiresAt).toISOString(),
    claims: Object.fromEntries(claims),
  })
}

function shadowFields({ outcome, code, rule, policyHash }: ShadowDecision): object {
  return { outcome, ...(code && { code }), ...(rule && { rule }), policy_hash: policyHash }
}

function methodFields({ method, path }: DecisionFacts): Record<string, unknown> {
  if (method === undefined) return { path: pathWithoutSecrets(path) }
  return { service: method.service, method: method.name, verbs: method.verbs }
}

/** A path of no method is whatever a stranger sent: its query is left out, and so is what looks like a token. */
export function pathWithoutSecrets(path: string): string {
  return path.replace(/\?.*$/s, '?…').replaceAll(/eyJ[\w-]*(\.[\w-]*)*/g, 'eyJ…')
}

function callFields(call: Call | Refusal): Record<string, unknown> {
  if (isRefusal(call)) return {}
  const facts: CallFacts = call.facts
  return {
    namespace: call.namespace || undefined,
    workflow_id: facts.workflowId,
    workflow_type: facts.workflowType,
    task_queue: facts.taskQueue,
    request_id: facts.requestId,
    needs: recordableNeeds(call),
  }
}

/** Longest that all values of a call's needs may be together; ordinary ones take a tenth of it. */
const needsLengthMax = 2048

/** The needs, or nothing where there are none or they are too long: such a call cannot be replayed. */
function recordableNeeds(call: Call): readonly object[] | undefined {
  return areRecordable(call.needs) ? call.needs.map((need) => needFields(need, call)) : undefined
}

/** Whether there are needs and they are short enough for an entry. */
export function areRecordable(needs: readonly Need[]): boolean {
  let length = 0
  for (const { verb, namespace, fields } of needs) {
    length += verb.length + namespace.length
    for (const name in fields) length += fields[name as keyof Need['fields']]?.length ?? 0
    if (length > needsLengthMax) return false
  }
  return needs.length > 0
}

/** A need as the entry has it: enough to decide on the call again, under another policy. */
function needFields({ verb, namespace, fields, unnarrowed }: Need, call: Call): object {
  return {
    verb,
    ...(namespace !== call.namespace && { namespace }),
    ...fields,
    ...(unnarrowed && { unnarrowed }),
  }
}

function identityFields(identity: Identity | Refusal): Record<string, unknown> {
  if (isRefusal(identity)) return {}
  const claims = recordedClaims.map((name) => [name, identity.claims.get(name)] as const)
  return {
    principal: identity.principal,
    issuer: identity.issuer,
    ...Object.fromEntries(claims),
    token_sha256: identity.tokenDigest,
    stale_keys: identity.staleKeys || undefined,
  }
}

function compact(fields: EntryBody): EntryBody {
  const kept = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, bounded(value)]],
  )
  return Object.fromEntries(kept) as EntryBody
}

/** Whether a recorded value is longer than what entries keep, so that only its beginning is there. */
export function isCut(value: string): boolean {
  return value.length > valueLengthMax
}

function bounded(value: unknown): unknown {
  return typeof value === 'string' ? boundedText(value) : value
}

/** Callers choose workflow ids and paths, so no field may grow without end: cut, with the length it had. */
export function boundedText(text: string): string {
  if (text.length <= valueLengthMax) return text
  return `${text.slice(0, valueLengthMax)}… (${text.length} characters)`
}
