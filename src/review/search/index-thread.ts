import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Logger } from '../../log.ts'
import type { IndexThreadOptions, Questions } from './questions.ts'
import { runThread, type RunningThread } from './running-thread.ts'

/** The thread of an index, which runs while somebody asks. */
export interface IndexThread {
  /** Asks, and starts the thread if it does not run. Rejects where it fails or has ended. */
  readonly ask: <Q extends keyof Questions>(
    question: Q,
    ...values: Parameters<Questions[Q]>
  ) => Promise<Awaited<ReturnType<Questions[Q]>>>
  readonly close: () => Promise<void>
}

export interface IndexThreadStart extends IndexThreadOptions {
  readonly log: Logger
  /** How long after the last question the thread is let go. */
  readonly idleMs?: number
  /** How long after a crash no new thread is started. */
  readonly restartMs?: number
  readonly startWorker?: (options: IndexThreadOptions) => Worker
}

/** Long enough to read what was found and ask again; a page that nobody looks at costs nothing. */
const idleMsUsual = 10 * 60_000

/** More than any search takes; beyond it the thread ends, and not the process. */
const heapMiB = 512

/** Makes the thread of an index, which is not started before the first question. */
export function createIndexThread(options: IndexThreadStart): IndexThread {
  const { log, idleMs = idleMsUsual, restartMs = 1_000, startWorker = workerFromFile } = options
  let running: RunningThread | undefined
  let ending: Promise<void> | undefined
  let idle: NodeJS.Timeout | undefined
  let crash: { readonly why: string; readonly atMs: number } | undefined
  let isClosed = false

  function start(): RunningThread {
    if (crash !== undefined && performance.now() - crash.atMs < restartMs) {
      throw new Error(`the review index ended unexpectedly (${crash.why}); ask again in a moment`)
    }
    const { directory, durable, witnessFiles } = options
    const thread = runThread(startWorker({ directory, durable, witnessFiles }), log)
    void noteEnd(thread)
    return thread
  }
  async function noteEnd(thread: RunningThread): Promise<void> {
    const why = await thread.ended
    if (running !== thread) return
    running = undefined
    crash = { why, atMs: performance.now() }
    log.error({ error: why }, 'the review index ended unexpectedly; the next question starts it')
  }
  function letGo(): void {
    const thread = running
    running = undefined
    if (thread !== undefined) ending = thread.close()
  }
  return {
    async ask(question, ...values) {
      clearTimeout(idle)
      // Two threads cannot have one index: the next is not started before the last one has ended.
      if (running === undefined && ending !== undefined) await ending
      if (isClosed) throw new Error('the review index is closed')
      running ??= start()
      clearTimeout(idle)
      idle = setTimeout(letGo, idleMs).unref()
      return (await running.ask(question, values)) as never
    },
    async close() {
      isClosed = true
      clearTimeout(idle)
      letGo()
      await ending
    },
  }
}

function workerFromFile(options: IndexThreadOptions): Worker {
  const file = new URL(`../search-worker${extname(import.meta.url)}`, import.meta.url)
  return new Worker(file, {
    name: 'review-index',
    workerData: options,
    resourceLimits: { maxOldGenerationSizeMb: heapMiB },
  })
}
