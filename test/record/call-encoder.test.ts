import t from 'tap'
import {
  completionEntry,
  decisionEntry,
  wholeCallEntry,
  type CompletionFacts,
  type DecisionFacts,
} from '../../src/core/audit-entry.ts'
import type { Call, NarrowedField, Need } from '../../src/core/call.ts'
import type { Decision } from '../../src/core/decision.ts'
import type { Identity } from '../../src/core/identity.ts'
import { refusal, type RefusalCode } from '../../src/core/refusal.ts'
import { begunCall, createCallEncoder } from '../../src/record/call-encoder.ts'
import type { CallEntry } from '../../src/record/call-entry.ts'
import { JsonBytes } from '../../src/record/json-bytes.ts'
import { methods } from '../../src/temporal/methods.ts'
import { callOf, identityOf, methodOf, termsOf } from '../support/decision-parts.ts'
import { grantOf } from '../support/granted-call.ts'
import { hostileTexts } from '../support/hostile-texts.ts'
import { createRandom, type Random } from '../support/random.ts'

/** How a journal wrote an object before there was an encoder: as JSON, then escaped. */
function plain(entry: object): string {
  return JSON.stringify(entry)
    .slice(1, -1)
    .replace(
      /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
}

function written(entry: CallEntry): string {
  const out = new JsonBytes(64)
  entry.writeTo(out)
  return out.between(0, out.length).toString()
}

const claimNames =
  'project_path project_id job_id ref environment user_login sha __proto__ jti'.split(' ')
const fieldNames: readonly NarrowedField[] = [
  'workflow_ids',
  'handlers',
  'task_queues',
  'workflow_types',
]
const codes: readonly RefusalCode[] = ['not_granted', 'signature_invalid', 'method_unknown']
const paths = ['/x/Y', '/x?access_token=eyJhbGciOi.eyJ\n', '/eyJhbGciOi.eyJzdWIi.c2ln/y', '']

const someOf = <T>({ below }: Random, values: readonly T[]) => values.filter(() => below(2) === 0)

function needOf(random: Random): Need {
  const { oneOf, below } = random
  const names = someOf(random, fieldNames).toSorted(() => below(3) - 1)
  return {
    namespace: oneOf(['payments', ...hostileTexts.slice(0, 12)]),
    verb: oneOf(['start', 'read'] as const),
    fields: Object.fromEntries(names.map((name) => [name, oneOf(hostileTexts)])),
    ...(below(4) === 0 && { unnarrowed: true as const }),
  }
}

function identityFrom(random: Random): Identity {
  const { oneOf, below } = random
  const claims = someOf(random, claimNames).map((name) => [name, oneOf(hostileTexts)] as const)
  return identityOf({
    principal: oneOf(hostileTexts),
    issuer: oneOf(hostileTexts),
    tokenDigest: oneOf(['ab'.repeat(32), '']),
    claims: new Map(claims),
    staleKeys: below(2) === 0,
  })
}

function callFrom(random: Random): Call {
  const { oneOf, below } = random
  const facts = {
    ...(below(2) && { workflowId: oneOf(hostileTexts) }),
    ...(below(2) && { workflowType: oneOf(hostileTexts) }),
    ...(below(2) && { taskQueue: oneOf(hostileTexts) }),
    ...(below(2) && { requestId: oneOf(hostileTexts) }),
  }
  return {
    ...callOf('StartWorkflowExecution', { namespace: 'payments' }),
    namespace: oneOf(['payments', ...hostileTexts]),
    needs: Array.from({ length: below(4) }, () => needOf(random)),
    facts,
    message: new Uint8Array(below(1000)),
  }
}

/** Facts as a call could have them, with identities and terms that other calls share. */
function createFacts(random: Random): () => DecisionFacts {
  const { oneOf, below } = random
  const identities = Array.from({ length: 20 }, () => identityFrom(random))
  const terms = hostileTexts.map((rule) =>
    termsOf({ role: 'starter', namespace: 'payments', rule }),
  )
  const grant = grantOf({ ...callOf('GetSystemInfo'), needs: [] })
  return () => {
    const call = below(4) === 0 ? refusal(oneOf(codes), oneOf(hostileTexts)) : callFrom(random)
    const used = below(4) === 0 ? undefined : oneOf(terms)
    const one = below(3) === 0 ? [oneOf(hostileTexts)] : someOf(random, hostileTexts.slice(0, 20))
    const reasons = { rules: used && below(3) === 0 ? [used.rule] : one, terms: used }
    const decision: Decision =
      'refused' in call || below(3) === 0
        ? { allowed: false, refusal: refusal(oneOf(codes), oneOf(hostileTexts)), ...reasons }
        : { allowed: true, grant, call, ...reasons }
    const allows = { outcome: 'allowed', code: undefined, rule: oneOf(hostileTexts) } as const
    const refuses = { outcome: 'refused', code: oneOf(codes), rule: undefined } as const
    return {
      at: below(2 ** 31) * 1000 + below(1000),
      decisionId: oneOf(['d-0123456789AB', ...hostileTexts]),
      method: below(4) === 0 ? undefined : oneOf(methods),
      path: oneOf([...paths, ...hostileTexts]),
      peer: oneOf(['10.4.2.17', '', 'fd00::1']),
      identity: below(4) === 0 ? refusal(oneOf(codes), '') : oneOf(identities),
      call,
      decision,
      policyHash: oneOf([`sha256:${'77ab'.repeat(16)}`, '']),
      shadow:
        below(2) === 0
          ? undefined
          : { ...oneOf([allows, refuses]), policyHash: oneOf(hostileTexts) },
    }
  }
}

function completionFrom({ oneOf, below }: Random): CompletionFacts {
  return {
    at: below(2 ** 31) * 1000 + below(1000),
    decisionId: oneOf(['d-0123456789AB', ...hostileTexts]),
    outcome: {
      result: oneOf(['completed', 'failed', 'cancelled'] as const),
      ...(below(2) === 0 && { code: oneOf(codes) }),
      grpcStatus: oneOf([0, 14, Number.NaN]),
      bytes: below(10_000),
    },
    durationMs: oneOf([0, 17.3501, 0.05, 1e9, 61_234.56, below(1e9) / 1e4, Number.NaN]),
  }
}

void t.test('what is written is what the plain entry is as JSON, byte for byte', async (t) => {
  const random = createRandom(20_261_123)
  const nextFacts = createFacts(random)
  const encoder = createCallEncoder()
  let differing = 0
  for (let turn = 0; turn < 10_000 && differing === 0; turn += 1) {
    const facts = nextFacts()
    const end = completionFrom(random)
    const pairs = [
      [written(encoder.decision(facts)), plain(decisionEntry(facts))],
      [written(encoder.completion(end)), plain(completionEntry(end))],
    ]
    if (facts.decision.allowed) {
      const whole = encoder.wholeCall(begunCall(facts), end)
      pairs.push([written(whole), plain(wholeCallEntry(facts, end))])
    }
    for (const [found, expected] of pairs) {
      if (found === expected) continue
      t.equal(found, expected)
      differing += 1
    }
  }
  t.equal(differing, 0)
})

void t.test('what the journal looks at stands on the entry as it is written', async (t) => {
  const random = createRandom(7)
  const nextFacts = createFacts(random)
  const encoder = createCallEncoder()
  for (let turn = 0; turn < 500; turn += 1) {
    const facts = { ...nextFacts(), decisionId: 'd-1' }
    const end = { ...completionFrom(random), decisionId: 'd-1' }
    for (const entry of [
      encoder.decision(facts),
      encoder.completion(end),
      encoder.wholeCall(begunCall(facts), end),
    ]) {
      const { time, kind, decision_id: id, outcome, code } = entry
      t.match(entry.toJSON(), { time, kind, decision_id: id, outcome })
      t.equal(entry.toJSON()['code'], code)
    }
  }
})

void t.test('what is kept of a call until it ends has no message', async (t) => {
  const facts = createFacts(createRandom(1))()
  const call = { ...callFrom(createRandom(2)), message: new Uint8Array(500) }
  const begun = begunCall({ ...facts, call, method: methodOf('GetSystemInfo') })
  t.equal(begun.requestBytes, 500)
  t.strictSame(Object.keys(begun.call).toSorted(), ['facts', 'namespace', 'needs'])
  t.strictSame(Object.keys(begun.decision).toSorted(), ['rules', 'terms'])
})
