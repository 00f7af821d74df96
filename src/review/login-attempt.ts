import { LRUCache } from 'lru-cache'
import { newSecret } from './secret.ts'

/** One login under way: what the issuer must send back, and what only this process and the browser know. */
export interface LoginAttempt {
  readonly state: string
  readonly nonce: string
  /** Of PKCE, RFC 7636: whoever has the code but not this can do nothing with it. */
  readonly verifier: string
  /** What the browser holds in a cookie: a login that another browser began is not finished here. */
  readonly browser: string
  readonly begunAt: number
}

/** Logins under way. */
export interface LoginAttempts {
  readonly begin: (at: number) => LoginAttempt
  /** The attempt of a state, once: whether it is used or not, it is gone after this. */
  readonly take: (state: string, at: number) => LoginAttempt | undefined
}

/** Time to find a password and a second factor. */
export const attemptAgeMaxMs = 10 * 60_000

/** Anybody can begin a login, so this bounds the memory. Beyond it, the oldest attempts are forgotten. */
const attemptsMax = 1000

/** Keeps logins under way. */
export function createLoginAttempts(): LoginAttempts {
  const attempts = new LRUCache<string, LoginAttempt>({ max: attemptsMax })
  return {
    begin(at) {
      const attempt = {
        state: newSecret(),
        nonce: newSecret(),
        verifier: newSecret(),
        browser: newSecret(),
        begunAt: at,
      }
      attempts.set(attempt.state, attempt)
      return attempt
    },
    take(state, at) {
      const attempt = attempts.get(state)
      attempts.delete(state)
      return attempt && at - attempt.begunAt < attemptAgeMaxMs ? attempt : undefined
    },
  }
}
