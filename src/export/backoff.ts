/** Waits that grow from failure to failure. */
export interface Backoff {
  /** How long to wait now, in milliseconds; at least as long as the other side asks, within a bound. */
  readonly nextMs: (askedMs?: number) => number
  /** To be told of a success: the next wait is short again. */
  readonly reset: () => void
}

const firstMs = 100
const longestMs = 30_000

/** A receiver that asks for more must be one that is misconfigured or hostile; lag shows meanwhile. */
const askedLongestMs = 300_000

/**
 * Exponential backoff with full jitter: a random time below a bound that doubles from 100 ms to 30 s,
 * so that many replicas do not come back to one receiver all at once.
 */
export function createBackoff(random: () => number = Math.random): Backoff {
  let bound = firstMs
  return {
    nextMs(askedMs = 0) {
      const waitMs = random() * bound
      bound = Math.min(longestMs, bound * 2)
      return Math.max(waitMs, Math.min(askedMs, askedLongestMs))
    },
    reset: () => void (bound = firstMs),
  }
}
