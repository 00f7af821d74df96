/** Decides when something that happens again and again is worth saying. */
export interface Rare {
  /** How often it has happened since it was last said, where it should be said now. */
  readonly happened: () => number | undefined
  /** To be told that it is over. Returns how often it happened in all. */
  readonly over: () => number
}

/** Says the first time at once, and further ones together, once a minute. */
export function createRare(now: () => number, intervalMs = 60_000): Rare {
  let saidAt: number | undefined
  let unsaid = 0
  let total = 0
  return {
    happened() {
      unsaid += 1
      total += 1
      const at = now()
      // A clock that is set back must not silence it.
      if (saidAt !== undefined && Math.abs(at - saidAt) < intervalMs) return undefined
      saidAt = at
      const count = unsaid
      unsaid = 0
      return count
    },
    over() {
      const count = total
      saidAt = undefined
      unsaid = 0
      total = 0
      return count
    },
  }
}
