import type { Backoff } from './backoff.ts'
import { createDelivery } from './delivery.ts'
import type { ExportLog } from './export-log.ts'

/** How one witness is doing. */
export interface WitnessState {
  readonly name: string
  readonly published: number
  readonly failures: number
  /** Checkpoints given up for newer ones, each of which says all that the older ones did. */
  readonly superseded: number
  readonly waiting: number
  readonly lastError: string | undefined
}

/** Checkpoints on their way to one witness. */
export interface WitnessQueue {
  /** Takes a note and returns at once. */
  readonly add: (note: string) => void
  readonly state: () => WitnessState
  /** Tries once more to bring what waits, within a bound. */
  readonly close: () => Promise<void>
}

export interface WitnessQueueOptions {
  readonly name: string
  /** Resolves once the witness has the note. */
  readonly bring: (note: string, signal: AbortSignal) => Promise<void>
  readonly leave: () => Promise<void>
  readonly backoff: Backoff
  readonly log: ExportLog
  readonly now: () => number
  readonly flushTimeoutMs?: number
}

/** More are not worth keeping: the newest speaks for the whole chain. */
const waitingMax = 16
const flushTimeoutDefaultMs = 5_000

/** Brings notes to a witness in their order, each until it is taken or too many newer ones wait. */
export function createWitnessQueue(options: WitnessQueueOptions): WitnessQueue {
  const { name, bring, leave, now } = options
  const ending = new AbortController()
  const over = new AbortController()
  const delivery = createDelivery<string>({
    ...options,
    about: { witness: name },
    deliver: bring,
    ending: ending.signal,
    over: over.signal,
  })
  let waiting: readonly string[] = []
  let superseded = 0
  let bringing: Promise<void> | undefined

  async function bringAll(): Promise<void> {
    for (let [next] = waiting; next !== undefined; [next] = waiting) {
      if (!(await delivery.deliver(next, { count: 1, since: now() }))) return
      waiting = waiting.slice(1)
    }
    bringing = undefined
  }

  return {
    add(note) {
      // The first is under way already.
      const first = waiting.slice(0, 1)
      const others = [...waiting.slice(1), note]
      const kept = others.slice(-waitingMax)
      superseded += others.length - kept.length
      waiting = [...first, ...kept]
      bringing ??= bringAll()
    },
    state() {
      const { delivered: published, failures, lastError } = delivery.state()
      return { name, published, failures, superseded, waiting: waiting.length, lastError }
    },
    async close() {
      ending.abort()
      const timer = setTimeout(() => over.abort(), options.flushTimeoutMs ?? flushTimeoutDefaultMs)
      await bringing
      clearTimeout(timer)
      await leave().catch(() => undefined)
    },
  }
}
