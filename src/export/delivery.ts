import { setTimeout as delay } from 'node:timers/promises'
import type { Backoff } from './backoff.ts'
import { DeliveryFailure } from './delivery-failure.ts'
import type { ExportLog } from './export-log.ts'
import { createRare } from './rare.ts'

export interface DeliveryOptions<Batch> {
  /** Says in log lines which export or witness it is. */
  readonly about: Readonly<Record<string, string>>
  /** Resolves once the other side has taken all of a batch. The same batch comes again where it rejects. */
  readonly deliver: (batch: Batch, signal: AbortSignal) => Promise<void>
  readonly backoff: Backoff
  readonly log: ExportLog
  readonly now: () => number
  /** Once aborted, what fails is not tried again, and what waits to be tried again is tried at once. */
  readonly ending: AbortSignal
  /** Once aborted, nothing is tried any more. */
  readonly over: AbortSignal
  readonly attemptTimeoutMs?: number
}

export interface DeliveryState {
  /** How much was taken, and how many attempts failed. */
  readonly delivered: number
  readonly failures: number
  /** Why the last attempt failed; undefined once one has worked. */
  readonly lastError: string | undefined
  /** Since when the batch that is not taken yet has waited. */
  readonly waitingSince: number | undefined
}

/** What is counted of a batch. */
export interface BatchMeasure {
  readonly count: number
  /** Milliseconds since the epoch. */
  readonly since: number
}

/** Delivers batches to one place, each until it is taken. */
export interface Delivery<Batch> {
  /** Resolves with true once all is taken, or with false where it is told to end before. Never rejects. */
  readonly deliver: (batch: Batch, measure: BatchMeasure) => Promise<boolean>
  readonly state: () => DeliveryState
}

/** Longer than any sink needs by its own bounds, so that one without them is seen to fail. */
const attemptTimeoutDefaultMs = 60_000

/** Longest reason that is kept and shown; what a receiver answers may be part of it. */
const reasonLengthMax = 300

/** Begins without a batch. */
export function createDelivery<Batch>(options: DeliveryOptions<Batch>): Delivery<Batch> {
  const { about, deliver, backoff, log, now, ending, over } = options
  const { attemptTimeoutMs = attemptTimeoutDefaultMs } = options
  const failing = createRare(now)
  let state: DeliveryState = {
    delivered: 0,
    failures: 0,
    lastError: undefined,
    waitingSince: undefined,
  }

  function succeeded(count: number): void {
    const failures = failing.over()
    if (failures > 0) log.info({ ...about, failures }, 'what is sent is taken again')
    backoff.reset()
    const delivered = state.delivered + count
    state = { ...state, delivered, lastError: undefined, waitingSince: undefined }
  }

  function failed(error: unknown): void {
    const why = (error instanceof Error ? error.message : String(error)).slice(0, reasonLengthMax)
    state = { ...state, failures: state.failures + 1, lastError: why }
    const count = failing.happened()
    if (count === undefined) return
    const fields = { ...about, why, count }
    const isRefusal = error instanceof DeliveryFailure && error.isRefusal
    if (isRefusal) log.error(fields, 'what is sent is refused; it is sent again until it is taken')
    else log.warn(fields, 'what is sent is not taken; it is sent again until it is')
  }

  return {
    async deliver(batch, { count, since }) {
      state = { ...state, waitingSince: since }
      while (!over.aborted) {
        try {
          await attempt((signal) => deliver(batch, signal), attemptTimeoutMs, over)
          succeeded(count)
          return true
        } catch (error) {
          failed(error)
          if (ending.aborted) return false
          const askedMs = error instanceof DeliveryFailure ? error.retryAfterMs : undefined
          const waitMs = backoff.nextMs(askedMs)
          await delay(waitMs, undefined, { signal: ending }).catch(() => undefined)
        }
      }
      return false
    },
    state: () => state,
  }
}

/** Rejects after a time or when it is over, whatever becomes of what was begun. */
async function attempt(
  begin: (signal: AbortSignal) => Promise<void>,
  timeoutMs: number,
  over: AbortSignal,
): Promise<void> {
  const controller = new AbortController()
  const aborted = Promise.withResolvers<never>()
  const end = (why: string) => {
    controller.abort(new Error(why))
    aborted.reject(controller.signal.reason)
  }
  const atEnd = () => end('it was not taken before the end')
  const timer = setTimeout(() => end(`it was not taken within ${timeoutMs / 1000} s`), timeoutMs)
  over.addEventListener('abort', atEnd)
  try {
    await Promise.race([begin(controller.signal), aborted.promise])
  } finally {
    clearTimeout(timer)
    over.removeEventListener('abort', atEnd)
  }
}
