import type { Call } from '../core/call.ts'
import type { Decision } from '../core/decision.ts'
import type { Identity } from '../core/identity.ts'
import type { Policy } from '../core/policy.ts'
import type { Refusal, RefusalCode } from '../core/refusal.ts'
import { shadowDecision, verdictOf, type ShadowDecision } from '../core/shadow.ts'
import type { Logger } from '../log.ts'
import { loadSafely } from './load-safely.ts'
import type { LoadPolicy } from './loaded-policy.ts'
import { oneAtATime } from './one-at-a-time.ts'

/** A difference between what is in force and the candidate, as it is counted. */
export interface ShadowDifference {
  readonly from: 'allowed' | RefusalCode
  readonly to: 'allowed' | RefusalCode
}

/** A policy that is asked about every call and never obeyed. */
export interface Candidate {
  /** Hash of the policy that is asked, or undefined while none is. */
  readonly hash: () => string | undefined
  /** Why none is asked, where one is configured. */
  readonly trouble: () => string | undefined
  /** Looks at the file. Never rejects. */
  readonly reload: () => Promise<boolean>
  /** What the candidate would have done otherwise. Never throws. */
  readonly compare: (
    identity: Identity | Refusal,
    call: Call | Refusal,
    decision: Decision,
  ) => ShadowDecision | undefined
}

export interface CandidateParts {
  readonly load: LoadPolicy
  readonly log: Logger
  readonly observe: (difference: ShadowDifference) => void
  /** How a candidate is compared; {@link shadowDecision} unless a test says otherwise. */
  readonly decide?: typeof shadowDecision
}

/** Holds the candidate. One that cannot be used is not asked, rather than an older one in its place. */
export function createCandidate(parts: CandidateParts): Candidate {
  const { load, log, observe, decide = shadowDecision } = parts
  let policy: Policy | undefined
  let trouble: string | undefined

  function turnOff(why: string): void {
    policy = undefined
    trouble = `no candidate policy is asked: ${why}`
    log.error(trouble)
  }

  return {
    hash: () => policy?.hash,
    trouble: () => trouble,
    reload: oneAtATime(async () => {
      const loaded = await loadSafely(load)
      if (!loaded.ok) {
        for (const { code, message } of loaded.faults) {
          log.warn({ code, problem: message }, 'the candidate policy')
        }
        turnOff(
          `its file has ${loaded.faults.length} problem${loaded.faults.length === 1 ? '' : 's'}; the log names them`,
        )
      } else if (loaded.policy.hash !== policy?.hash) {
        ;({ policy } = loaded)
        trouble = undefined
        log.info({ candidate_hash: policy.hash }, 'a candidate policy is asked about every call')
      }
      return true
    }),
    compare: (identity, call, decision) => {
      if (policy === undefined) return undefined
      try {
        const other = decide(policy, identity, call, decision)
        if (other) observe({ from: verdictOf(decision), to: other.code ?? 'allowed' })
        return other
      } catch (error) {
        turnOff(`it failed (${String(error)})`)
        return undefined
      }
    },
  }
}
