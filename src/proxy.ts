import type { Answer } from './core/answer.ts'
import type { Call } from './core/call.ts'
import type { Credential } from './core/credential.ts'
import { decide } from './core/decision.ts'
import type { Identity } from './core/identity.ts'
import type { Method } from './core/method.ts'
import type { Outcome } from './core/outcome.ts'
import type { Policy } from './core/policy.ts'
import { isRefusal, type Refusal } from './core/refusal.ts'
import type { Forward } from './forward/forward.ts'
import type { Arrival } from './listen/arrival.ts'
import type { Recorder } from './record/recorder.ts'
import type { Candidate } from './reload/candidate.ts'

export interface ProxyParts {
  /** Says no while the replica is going away. */
  readonly admit: () => Refusal | undefined
  readonly identify: (credential: Credential, at: number) => Promise<Identity | Refusal>
  readonly readCall: (arrival: Arrival, at: number) => Promise<Call | Refusal>
  /** The policy in force; read once per call, so that a reload cannot split a decision. */
  readonly policy: () => Policy
  /** What a candidate policy would have done otherwise; never enforced. */
  readonly shadow: Candidate['compare']
  readonly recorder: Recorder
  readonly forward: Forward
  readonly refuse: (answer: Answer, refusal: Refusal, decisionId: string) => Outcome
  readonly newDecisionId: () => string
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Milliseconds on a clock that nobody sets, for durations. */
  readonly elapsed: () => number
  /** Told of every call once it has ended. */
  readonly observe: (ended: EndedCall) => void
}

export interface EndedCall {
  readonly method: Method | undefined
  readonly outcome: Outcome
  readonly durationMs: number
}

/**
 * The path of a call, and the only place that knows its order. The caller is known before the body is
 * read, the decision is recorded before the first byte goes upstream, and what cannot be recorded is
 * not forwarded.
 */
export function createProxy(parts: ProxyParts) {
  const { admit, identify, readCall, recorder, forward, refuse, now, elapsed, observe } = parts

  return async function handle(arrival: Arrival, answer: Answer): Promise<void> {
    const at = now()
    const began = elapsed()
    const policy = parts.policy()
    const decisionId = parts.newDecisionId()
    const { method, path, peer } = arrival

    const identity = admit() ?? (await identify(arrival.credential, at))
    const call = isRefusal(identity) ? identity : await readCall(arrival, at)
    const decision = decide(policy, identity, call)
    const shadow = parts.shadow(identity, call, decision)
    const facts = { at, decisionId, method, path, peer, identity, call, decision, shadow }
    const recorded = await recorder.decision({ ...facts, policyHash: policy.hash })

    const end = (outcome: Outcome) => observe({ method, outcome, durationMs: elapsed() - began })
    if (!recorded.ok) return end(refuse(answer, recorded.refusal, decisionId))
    if (!decision.allowed) return end(refuse(answer, decision.refusal, decisionId))

    // Not awaited: a poll waits for a minute, and what is only needed up to here would wait with it.
    return forward(decision.call, decision.grant, answer).then((forwarded) => {
      const outcome = isRefusal(forwarded)
        ? { ...refuse(answer, forwarded, decisionId), result: 'failed' as const }
        : forwarded
      recorder.completion({ at: now(), decisionId, outcome, durationMs: elapsed() - began })
      return end(outcome)
    })
  }
}
