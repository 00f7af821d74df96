import t from 'tap'
import type { Answer } from '../src/core/answer.ts'
import type { Call } from '../src/core/call.ts'
import type { Grant } from '../src/core/decision.ts'
import type { Outcome } from '../src/core/outcome.ts'
import type { CompletionFacts, DecisionFacts } from '../src/core/audit-entry.ts'
import { createPolicy } from '../src/core/policy.ts'
import { refusal } from '../src/core/refusal.ts'
import type { Arrival } from '../src/listen/arrival.ts'
import { createProxy, type EndedCall, type ProxyParts } from '../src/proxy.ts'
import { callOf, identity, policy } from './support/granted-call.ts'
import { recordAnswer } from './support/recorded-answer.ts'

const call = callOf('StartWorkflowExecution')
const empty = createPolicy({ rules: [], denials: [], hash: 'sha256:new' })
const completed: Outcome = { result: 'completed', grpcStatus: 0, bytes: 43 }

const arrival: Arrival = {
  path: call.method.path,
  method: call.method,
  credential: { kind: 'bearer', token: 'a.b.c' },
  metadata: [],
  timeoutMs: undefined,
  peer: '10.4.2.17',
  readMessage: async () => call.message,
}

/** A proxy of parts that write down what is asked of them, in its order. */
function record(others: Partial<ProxyParts> = {}) {
  const steps: string[] = []
  const decisions: DecisionFacts[] = []
  const completions: CompletionFacts[] = []
  const ended: EndedCall[] = []
  const forwarded: { call: Call; grant: Grant; answer: Answer }[] = []
  const refused: { code: string; decisionId: string }[] = []
  let clock = 1_000
  const step = <T>(name: string, value: T): T => (steps.push(name), value)
  const parts: ProxyParts = {
    admit: () => step('admit', undefined),
    identify: async () => step('identify', identity),
    readCall: async () => step('readCall', call),
    policy: () => step('policy', policy),
    shadow: () => step('shadow', undefined),
    recorder: {
      decision: async (facts) => (decisions.push(facts), step('decision', { ok: true })),
      completion: (facts) => (completions.push(facts), step('completion', undefined)),
    },
    forward: async (call, grant, answer) => {
      forwarded.push({ call, grant, answer })
      return step('forward', completed)
    },
    refuse: (_answer, { code }, decisionId) => {
      refused.push({ code, decisionId })
      return step('refuse', { result: 'refused', code, grpcStatus: 7, bytes: 0 })
    },
    newDecisionId: () => 'd-7Kq2',
    now: () => clock++,
    elapsed: () => clock++,
    observe: (call) => (ended.push(call), step('observe', undefined)),
    ...others,
  }
  return {
    handle: createProxy(parts),
    steps,
    decisions,
    completions,
    ended,
    forwarded,
    refused,
  }
}

t.test(
  'a granted call is identified, read, decided, recorded and forwarded, in that order',
  async (t) => {
    const { handle, steps, decisions, completions, ended, forwarded } = record()
    const { answer } = recordAnswer()
    await handle(arrival, answer)
    t.same(steps, [
      'policy',
      'admit',
      'identify',
      'readCall',
      'shadow',
      'decision',
      'forward',
      'completion',
      'observe',
    ])
    t.match(decisions, [
      {
        at: 1_000,
        decisionId: 'd-7Kq2',
        method: call.method,
        path: arrival.path,
        peer: '10.4.2.17',
        identity,
        call,
        decision: { allowed: true, terms: { rule: 'payments-admin' } },
        policyHash: policy.hash,
      },
    ])
    t.equal(forwarded[0]?.call, call)
    t.equal(forwarded[0]?.answer, answer)
    t.ok(forwarded[0]?.grant.isFor(call))
    t.match(completions, [{ decisionId: 'd-7Kq2', outcome: completed }])
    t.match(ended, [{ method: call.method, outcome: completed }])
  },
)

t.test(
  'times are those of the call: one for the decision, one for its end, and how long',
  async (t) => {
    let asked: number | undefined
    let read: number | undefined
    const now = [5_000, 5_020]
    const elapsed = [100, 117.5, 117.5]
    const { handle, decisions, completions, ended } = record({
      now: () => now.shift() ?? 0,
      elapsed: () => elapsed.shift() ?? 0,
      identify: async (_credential, at) => ((asked = at), identity),
      readCall: async (_arrival, at) => ((read = at), call),
    })
    await handle(arrival, recordAnswer().answer)
    t.same([asked, read, decisions[0]?.at], [5_000, 5_000, 5_000])
    t.match(completions, [{ at: 5_020, durationMs: 17.5 }])
    t.match(ended, [{ durationMs: 17.5 }])
  },
)

t.test('nobody is asked who he is while the replica goes away', async (t) => {
  const { handle, steps, refused, decisions } = record({
    admit: () => refusal('draining', 'the replica is shutting down'),
  })
  await handle(arrival, recordAnswer().answer)
  t.same(steps, ['policy', 'shadow', 'decision', 'refuse', 'observe'])
  t.same(refused, [{ code: 'draining', decisionId: 'd-7Kq2' }])
  t.match(decisions, [{ decision: { allowed: false, refusal: { code: 'draining' } } }])
})

t.test('the body of a caller who is not known is not read', async (t) => {
  const { handle, steps, refused } = record({
    identify: async () => refusal('token_expired', 'at 09:14'),
  })
  await handle(arrival, recordAnswer().answer)
  t.same(steps, ['policy', 'admit', 'shadow', 'decision', 'refuse', 'observe'])
  t.same(refused, [{ code: 'token_expired', decisionId: 'd-7Kq2' }])
})

t.test('a call that cannot be read is refused, recorded and not forwarded', async (t) => {
  const { handle, steps, decisions } = record({
    readCall: async () => refusal('message_malformed', 'a varint is cut off'),
  })
  await handle(arrival, recordAnswer().answer)
  t.same(steps, ['policy', 'admit', 'identify', 'shadow', 'decision', 'refuse', 'observe'])
  t.match(decisions, [{ identity, decision: { refusal: { code: 'message_malformed' } } }])
})

t.test('a call that no rule grants is refused, recorded and not forwarded', async (t) => {
  const { handle, steps, refused, completions, ended } = record({
    policy: () => empty,
  })
  await handle(arrival, recordAnswer().answer)
  t.same(steps, ['admit', 'identify', 'readCall', 'shadow', 'decision', 'refuse', 'observe'])
  t.same(refused, [{ code: 'not_granted', decisionId: 'd-7Kq2' }])
  t.same(completions, [], 'what was not forwarded is not completed')
  t.match(ended, [{ method: call.method, outcome: { result: 'refused', code: 'not_granted' } }])
})

for (const [name, others] of [
  ['granted', {}],
  ['refused', { policy: () => empty }],
] as const) {
  t.test(`a ${name} call that cannot be recorded is refused for that, and not made`, async (t) => {
    const unavailable = refusal('audit_unavailable', 'the disk is full')
    const { handle, forwarded, refused, completions, ended } = record({
      ...others,
      recorder: {
        decision: async () => ({ ok: false, refusal: unavailable }),
        completion: () => t.fail('nothing was forwarded'),
      },
    })
    await handle(arrival, recordAnswer().answer)
    t.same(refused, [{ code: 'audit_unavailable', decisionId: 'd-7Kq2' }])
    t.same(forwarded, [])
    t.same(completions, [])
    t.match(ended, [{ outcome: { code: 'audit_unavailable' } }])
  })
}

t.test('nothing goes upstream before the decision is on record', async (t) => {
  const { promise: durable, resolve } = Promise.withResolvers<{ readonly ok: true }>()
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>()
  const { handle, forwarded } = record({
    recorder: {
      decision: () => (ask(), durable),
      completion: () => undefined,
    },
  })
  const handled = handle(arrival, recordAnswer().answer)
  await asked
  await new Promise((resolve) => setImmediate(resolve))
  t.same(forwarded, [])
  resolve({ ok: true })
  await handled
  t.equal(forwarded.length, 1)
})

t.test('an upstream that cannot be reached is told to the caller, and is a failure', async (t) => {
  const { handle, steps, refused, completions, ended } = record({
    forward: async () => refusal('upstream_unavailable', 'connect ECONNREFUSED 10.0.0.7:7233'),
  })
  await handle(arrival, recordAnswer().answer)
  t.same(steps.slice(-4), ['decision', 'refuse', 'completion', 'observe'])
  t.same(refused, [{ code: 'upstream_unavailable', decisionId: 'd-7Kq2' }])
  const outcome = { result: 'failed', code: 'upstream_unavailable', grpcStatus: 7, bytes: 0 }
  t.match(completions, [{ decisionId: 'd-7Kq2', outcome }])
  t.match(ended, [{ outcome }])
})

t.test('the policy is read once per call, so that a reload cannot split a decision', async (t) => {
  const read: string[] = []
  const { handle, decisions } = record({
    policy: () => {
      read.push('read')
      return read.length === 1 ? policy : empty
    },
  })
  await handle(arrival, recordAnswer().answer)
  t.match(decisions, [{ policyHash: policy.hash, decision: { allowed: true } }])
  t.equal(read.length, 1)
  await handle(arrival, recordAnswer().answer)
  t.match(decisions[1], { policyHash: 'sha256:new', decision: { allowed: false } })
})

t.test('a call under way keeps the policy that it began with, and later ones do not', async (t) => {
  let current = policy
  const { promise: body, resolve: arrive } = Promise.withResolvers<Call>()
  const { handle, decisions } = record({ policy: () => current, readCall: () => body })
  const underWay = handle(arrival, recordAnswer().answer)
  current = empty
  const later = handle(arrival, recordAnswer().answer)
  arrive(call)
  await Promise.all([underWay, later])
  t.match(decisions, [
    { policyHash: policy.hash, decision: { allowed: true } },
    { policyHash: empty.hash, decision: { allowed: false } },
  ])
})

t.test('what a candidate policy says is recorded and never obeyed', async (t) => {
  const asked: unknown[][] = []
  const shadow = {
    outcome: 'refused',
    code: 'not_granted',
    rule: undefined,
    policyHash: 'sha256:next',
  } as const
  const { handle, decisions, forwarded } = record({
    shadow: (...call) => (asked.push(call), shadow),
  })
  await handle(arrival, recordAnswer().answer)
  t.match(asked, [[identity, call, { allowed: true }]])
  t.equal(decisions[0]?.shadow, shadow)
  t.equal(forwarded.length, 1)
})

t.test('a path that names no method is recorded as it came', async (t) => {
  const { handle, decisions, ended } = record({
    readCall: async () => refusal('method_unknown', 'the path is in no table'),
  })
  await handle({ ...arrival, method: undefined, path: '/x/Y' }, recordAnswer().answer)
  t.match(decisions, [{ path: '/x/Y', method: undefined }])
  t.match(ended, [{ method: undefined, outcome: { code: 'method_unknown' } }])
})

t.test('the facts that are recorded hold no token', async (t) => {
  const { handle, decisions, completions } = record()
  await handle(arrival, recordAnswer().answer)
  t.notMatch(JSON.stringify([decisions, completions]), 'a.b.c')
})
