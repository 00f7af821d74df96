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
  const calls = new Set<Promise<void>>()
  let isDraining = false
  const settled = async () => {
    while (calls.size > 0) await Promise.allSettled(calls)
  }
  return {
    admit: () => (isDraining ? refusal('draining', 'the replica is shutting down') : undefined),
    count: (call) => {
      calls.add(call)
      return call.finally(() => calls.delete(call))
    },
    inFlight: () => calls.size,
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
