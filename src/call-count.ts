import { refusal, type Refusal } from './core/refusal.ts'

/** Knows how many calls are under way, and whether any more are taken. */
export interface CallCount {
  /** A refusal once the replica is going away. */
  readonly admit: () => Refusal | undefined
  /** Counts a call until it has ended, well or not. */
  readonly count: (call: Promise<void>) => Promise<void>
  readonly inFlight: () => number
  readonly isDraining: () => boolean
  /** Admits no more calls, and resolves when none is left or the time is over, in milliseconds. */
  readonly drain: (timeoutMs: number) => Promise<void>
  /** Resolves when none is left, however long that takes. */
  readonly settled: () => Promise<void>
}

/** Counts the calls of one replica. */
export function createCallCount(): CallCount {
  // Only counted: a set would keep each of thousands of calls for the sake of its end.
  let inFlight = 0
  let isDraining = false
  let none: PromiseWithResolvers<void> | undefined
  const ended = () => {
    inFlight -= 1
    if (inFlight > 0) return
    none?.resolve()
    none = undefined
  }
  const settled = async () => {
    if (inFlight > 0) await (none ??= Promise.withResolvers<void>()).promise
  }
  return {
    admit: () => (isDraining ? refusal('draining', 'the replica is shutting down') : undefined),
    count: (call) => {
      inFlight += 1
      return call.finally(ended)
    },
    inFlight: () => inFlight,
    isDraining: () => isDraining,
    drain: async (timeoutMs) => {
      isDraining = true
      const { promise: timedOut, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, timeoutMs)
      await Promise.race([settled(), timedOut])
      clearTimeout(timer)
    },
    settled,
  }
}
