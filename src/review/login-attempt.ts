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
  /** Begins an attempt for somebody at an address. */
  readonly begin: (at: number, peer: string) => LoginAttempt
  /** The attempt of a state, once: whether it is used or not, it is gone after this. */
  readonly take: (state: string, at: number) => LoginAttempt | undefined
}

/** Time to find a password and a second factor. */
export const attemptAgeMaxMs = 10 * 60_000

/**
 * Anybody can begin a login, so this bounds the memory. Beyond it, the address that began most loses its
 * oldest. There is no bound for one address alone: behind a proxy, everybody has the same.
 */
const attemptsMax = 1000

/** Keeps logins under way. */
export function createLoginAttempts(): LoginAttempts {
  /** By their states, oldest first. */
  const attempts = new Map<string, { readonly peer: string; readonly attempt: LoginAttempt }>()

  function forgetOne(): void {
    const counts = new Map<string, number>()
    for (const { peer } of attempts.values()) counts.set(peer, (counts.get(peer) ?? 0) + 1)
    const most = Math.max(...counts.values())
    const theirs = attempts.entries().filter(([, { peer }]) => counts.get(peer) === most)
    for (const [state] of theirs.take(1)) attempts.delete(state)
  }

  return {
    begin(at, peer) {
      const attempt = {
        state: newSecret(),
        nonce: newSecret(),
        verifier: newSecret(),
        browser: newSecret(),
        begunAt: at,
      }
      for (const [state, { attempt: one }] of attempts) {
        if (at - one.begunAt >= attemptAgeMaxMs) attempts.delete(state)
      }
      if (attempts.size >= attemptsMax) forgetOne()
      attempts.set(attempt.state, { peer, attempt })
      return attempt
    },
    take(state, at) {
      const attempt = attempts.get(state)?.attempt
      attempts.delete(state)
      return attempt && at - attempt.begunAt < attemptAgeMaxMs ? attempt : undefined
    },
  }
}
