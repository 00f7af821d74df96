import { setTimeout as delay } from 'node:timers/promises'

export interface Waiting<T> {
  /** Looks whether it has happened; `undefined` means not yet. */
  readonly probe: () => Promise<T | undefined>
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

const pauseMs = 50

/** Asks until there is an answer, and resolves to `undefined` when there was none in time. */
export async function waitUntil<T>({ probe, timeoutMs, signal }: Waiting<T>) {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const found = await probe()
    if (found !== undefined || performance.now() >= deadline) return found
    await delay(pauseMs, undefined, { signal })
  }
}
