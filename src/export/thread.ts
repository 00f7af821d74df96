import { setTimeout as delay } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import type { Backoff } from './backoff.ts'
import type { ExportLog } from './export-log.ts'

export interface ThreadOptions<Message> {
  readonly start: () => Worker
  readonly onMessage: (message: Message) => void
  /** Called when the thread has ended though it was not told to. */
  readonly onCrash: () => void
  readonly backoff: Backoff
  readonly log: ExportLog
  readonly endTimeoutMs: number
}

/** A thread that is there until it is told to end. */
export interface Thread {
  /** Tells the thread to end, and ends it if it does not in time. */
  readonly close: () => Promise<void>
}

/** A thread that has lived so long did not crash for what it found at its start. */
const soundAfterMs = 60_000

/** Keeps a thread running: one that ends by itself is started again, at longer and longer intervals. */
export function keepThread<Message>(options: ThreadOptions<Message>): Thread {
  const { start, onMessage, onCrash, backoff, log, endTimeoutMs } = options
  const closing = new AbortController()
  let worker: Worker | undefined

  /** Resolves when the thread has ended, with why. */
  function runOnce(): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>()
    let why: string | undefined
    worker = start()
    worker.on('message', onMessage)
    worker.on('error', (error: unknown) => (why = String(error)))
    worker.on('exit', (code) => resolve(why ?? `it ended with code ${code}`))
    const timer = setTimeout(backoff.reset, soundAfterMs)
    return promise.finally(() => clearTimeout(timer))
  }

  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      const why = await runOnce()
      worker = undefined
      if (closing.signal.aborted) return
      log.error({ why }, 'the thread of the exports has ended; starting it again')
      onCrash()
      const { signal } = closing
      await delay(backoff.nextMs(), undefined, { signal }).catch(() => undefined)
    }
  }

  const running = run()
  return {
    async close() {
      closing.abort()
      worker?.postMessage('end', [])
      const timer = setTimeout(() => void worker?.terminate(), endTimeoutMs)
      await running
      clearTimeout(timer)
    },
  }
}
