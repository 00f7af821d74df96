import {
  pathWithoutSecrets,
  type CompletionFacts,
  type DecisionFacts,
} from '../core/audit-entry.ts'
import type { Call } from '../core/call.ts'
import type { Decision } from '../core/decision.ts'
import type { GrantTerms } from '../core/grant.ts'
import type { Identity } from '../core/identity.ts'
import type { Method } from '../core/method.ts'
import { isRefusal, type Refusal } from '../core/refusal.ts'
import { rememberEach } from '../core/remember-each.ts'
import { CallEntry } from './call-entry.ts'
import { writeCall, writeIdentity, writeMethod, writeReasons, writeShadow } from './call-fields.ts'
import { createEntryTimes } from './entry-time.ts'
import { fieldKey, writeField, writeNumber, writeTenths } from './field-bytes.ts'
import { bytesOf, JsonBytes } from './json-bytes.ts'

const decisionBegin = bytesOf('","kind":"decision"')
const completionBegin = bytesOf('","kind":"completion","decision_id":')
const timeBegin = bytesOf('"time":"')
const allowed = bytesOf(',"outcome":"allowed"')
const refused = bytesOf(',"outcome":"refused"')
const level = bytesOf(',"level":"completion","decision":"allowed"')

const keys = {
  decisionId: fieldKey('decision_id'),
  outcome: fieldKey('outcome'),
  code: fieldKey('code'),
  detail: fieldKey('detail'),
  path: fieldKey('path'),
  policyHash: fieldKey('policy_hash'),
  peer: fieldKey('peer'),
  requestBytes: fieldKey('request_bytes'),
  grpcStatus: fieldKey('grpc_status'),
  bytes: fieldKey('bytes'),
  durationMs: fieldKey('duration_ms'),
}

/** Room for the pieces that are kept; it grows where one needs more. */
const scratchBytes = 4096

/** What is kept of a call until it ends: not its message, which may have megabytes. */
export interface BegunCall extends Omit<DecisionFacts, 'call' | 'decision'> {
  readonly call: Pick<Call, 'namespace' | 'facts' | 'needs'> | Refusal
  readonly decision: Pick<Decision, 'rules' | 'terms'>
  readonly requestBytes: number | undefined
}

/** Takes from what was decided what its entry needs. */
export function begunCall(facts: DecisionFacts): BegunCall {
  const { call, decision } = facts
  const { rules, terms } = decision
  if (isRefusal(call))
    return { ...facts, call, decision: { rules, terms }, requestBytes: undefined }
  const { namespace, needs, message } = call
  const read = { namespace, facts: call.facts, needs }
  return { ...facts, call: read, decision: { rules, terms }, requestBytes: message.length }
}

/** Makes entries about calls that are written without an object or a text being made of them. */
export interface CallEncoder {
  /** As `decisionEntry`. */
  readonly decision: (facts: DecisionFacts) => CallEntry
  /** As `completionEntry`. */
  readonly completion: (facts: CompletionFacts) => CallEntry
  /** As `wholeCallEntry`. */
  readonly wholeCall: (begun: BegunCall, facts: CompletionFacts) => CallEntry
}

/** Creates an encoder. What many calls have in common is encoded once, and kept while they last. */
export function createCallEncoder(): CallEncoder {
  const timeText = createEntryTimes()
  const scratch = new JsonBytes(scratchBytes)
  const ofPolicy = createLastFragment(scratch, (out, policyHash) =>
    writeField(out, keys.policyHash, policyHash),
  )
  const ofIdentity = createFragments<Identity>(scratch, writeIdentity)
  const ofMethod = createFragments<Method>(scratch, writeMethod)
  const ofTerms = createFragments<GrantTerms>(scratch, (out, { rule, role }) =>
    writeReasons(out, { rule, rules: [rule], role }),
  )

  /** Mostly one rule matches, and is the one that decides. */
  function writeRules(out: JsonBytes, { rules, terms }: Pick<Decision, 'rules' | 'terms'>): void {
    if (terms && rules.length === 1 && rules[0] === terms.rule) out.add(ofTerms(terms))
    else writeReasons(out, { rule: terms?.rule, rules, role: terms?.role })
  }

  function writeDecided(out: JsonBytes, facts: DecisionFacts | BegunCall): void {
    const { method, identity, call, decision } = facts
    writeRules(out, decision)
    if (method) out.add(ofMethod(method))
    else writeField(out, keys.path, pathWithoutSecrets(facts.path))
    if (!isRefusal(call)) writeCall(out, call)
    if (!isRefusal(identity)) out.add(ofIdentity(identity))
    out.add(ofPolicy(facts.policyHash))
    if (facts.shadow) writeShadow(out, facts.shadow)
    writeField(out, keys.peer, facts.peer)
  }

  return {
    decision(facts) {
      const { decisionId, call, decision } = facts
      const time = timeText(facts.at)
      const refusal = decision.allowed ? undefined : decision.refusal
      const outcome = refusal ? 'refused' : 'allowed'
      const fields = { time, decision_id: decisionId, outcome, code: refusal?.code }
      return new CallEntry({ kind: 'decision', ...fields }, (out) => {
        out.add(timeBegin)
        out.ascii(time)
        out.add(decisionBegin)
        writeField(out, keys.decisionId, decisionId)
        if (refusal) writeRefusal(out, refusal)
        else out.add(allowed)
        writeDecided(out, facts)
        if (!isRefusal(call)) writeNumber(out, keys.bytes, call.message.length)
      })
    },
    completion: (facts) => {
      const time = timeText(facts.at)
      return new CallEntry(endFields(time, facts), (out) => {
        writeEnd(out, time, facts)
        writeMeasures(out, facts)
      })
    },
    wholeCall: (begun, facts) => {
      const time = timeText(facts.at)
      return new CallEntry(endFields(time, facts), (out) => {
        writeEnd(out, time, facts)
        out.add(level)
        writeDecided(out, begun)
        const { requestBytes } = begun
        if (requestBytes !== undefined) writeNumber(out, keys.requestBytes, requestBytes)
        writeMeasures(out, facts)
      })
    },
  }
}

/** Encoded pieces by what they say, for as long as that is around. */
function createFragments<Key extends object>(
  scratch: JsonBytes,
  write: (out: JsonBytes, key: Key) => void,
): (key: Key) => Uint8Array {
  return rememberEach((key: Key) => encoded(scratch, key, write))
}

/** The encoded piece of a text that is nearly always the same: one policy is in force at a time. */
function createLastFragment(
  scratch: JsonBytes,
  write: (out: JsonBytes, text: string) => void,
): (text: string) => Uint8Array {
  let last = ''
  let fragment = new Uint8Array()
  return (text) => {
    if (text !== last) fragment = encoded(scratch, text, write)
    last = text
    return fragment
  }
}

function encoded<Key>(scratch: JsonBytes, key: Key, write: (out: JsonBytes, key: Key) => void) {
  scratch.cutTo(0)
  write(scratch, key)
  return new Uint8Array(scratch.between(0, scratch.length))
}

function endFields(time: string, { decisionId, outcome }: CompletionFacts) {
  const { result, code } = outcome
  return { kind: 'completion', time, decision_id: decisionId, outcome: result, code } as const
}

/** How an entry about the end of a call begins. */
function writeEnd(out: JsonBytes, time: string, { decisionId, outcome }: CompletionFacts): void {
  out.add(timeBegin)
  out.ascii(time)
  out.add(completionBegin)
  out.quoted(decisionId)
  out.add(keys.outcome)
  out.quoted(outcome.result)
  writeField(out, keys.code, outcome.code)
}

function writeMeasures(out: JsonBytes, { outcome, durationMs }: CompletionFacts): void {
  writeNumber(out, keys.grpcStatus, outcome.grpcStatus)
  writeNumber(out, keys.bytes, outcome.bytes)
  writeTenths(out, keys.durationMs, durationMs)
}

function writeRefusal(out: JsonBytes, { code, detail }: Refusal): void {
  out.add(refused)
  writeField(out, keys.code, code)
  writeField(out, keys.detail, detail)
}
