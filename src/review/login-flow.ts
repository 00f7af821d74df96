import type { LoginSettings } from '../config/audit-settings.ts'
import type { Policy } from '../core/policy.ts'
import { isRefusal } from '../core/refusal.ts'
import { mayReview } from '../core/review-authority.ts'
import type { ReviewFacts } from '../core/review-entry.ts'
import type { PersonVerifier, VerifiedPerson } from '../identify/person.ts'
import type { Recorded } from '../record/journal.ts'
import type { LoginAttempts } from './login-attempt.ts'
import type { LoginIssuer } from './login-issuer.ts'
import { loginRefusal, type LoginRefusal } from './login-refusal.ts'
import { isSecret } from './secret.ts'

/** What came back with a browser from the issuer. */
export interface Callback {
  readonly at: number
  readonly query: URLSearchParams
  /** The browser's half of the attempt, from its cookie. */
  readonly browser: string | undefined
  readonly peer: string
}

interface LoginFlowParts {
  readonly login: LoginSettings
  readonly attempts: LoginAttempts
  readonly issuer: LoginIssuer
  readonly person: PersonVerifier
  readonly policy: () => Policy
  readonly record: (facts: ReviewFacts) => Promise<Recorded>
}

/** How a login ended. */
export type FinishedLogin =
  | { readonly ok: true; readonly person: VerifiedPerson }
  | {
      readonly ok: false
      readonly refusal: LoginRefusal
      /** Principal of the person, where that much is known. */
      readonly reviewer: string
    }

/**
 * Creates what finishes logins: the attempt must be this browser's, the code must be good, the id token
 * must hold, the policy must allow it, and the login must be recorded. Only then is somebody logged in.
 */
export function createLoginFlow(
  parts: LoginFlowParts,
): (callback: Callback) => Promise<FinishedLogin> {
  const { login, attempts, issuer, person: verify, policy, record } = parts
  return async ({ at, query, browser, peer }) => {
    const states = query.getAll('state')
    const attempt = states.length === 1 ? attempts.take(states.join(), at) : undefined
    if (attempt === undefined || !isSecret(browser, attempt.browser)) {
      return refused(loginRefusal('login_unknown', 'the state is of no login of this browser'))
    }
    const redeemed = await issuer.redeem(query, attempt)
    if ('refused' in redeemed) return refused(redeemed)
    const { nonce } = attempt
    const expected = { issuer: login.issuer, audience: login.clientId, nonce }
    const person = await verify(redeemed.idToken, expected, at)
    if (isRefusal(person)) return refused(person)
    const { identity } = person
    const current = policy()
    const authority = mayReview(current, identity)
    if (!authority.allowed) return refused(authority.refusal, identity.principal)
    const recorded = await record({
      at,
      action: 'login',
      reviewer: identity.principal,
      issuer: identity.issuer,
      peer,
      about: {
        user_id: identity.subject,
        rule: authority.rule,
        policy_hash: current.hash,
        token_sha256: identity.tokenDigest,
      },
    })
    return recorded.ok ? { ok: true, person } : refused(recorded.refusal, identity.principal)
  }
}

function refused(refusal: LoginRefusal, reviewer = 'unknown'): FinishedLogin {
  return { ok: false, refusal, reviewer }
}
