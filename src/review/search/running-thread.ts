import type { Worker } from 'node:worker_threads'
import type { Logger } from '../../log.ts'
import type { Asked, FailedAnswer, FromThread, Questions } from './questions.ts'

/** A thread that answers until it ends. */
export interface RunningThread {
  readonly ask: (question: keyof Questions, values: readonly unknown[]) => Promise<unknown>
  /** Resolves with why, once the thread has ended. Whatever was asked then is rejected. */
  readonly ended: Promise<string>
  /** Has it end, once it has answered what it was asked before. Never rejects. */
  readonly close: () => Promise<void>
}

interface Waiting {
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: Error) => void
}

/** Takes a started thread into use. It keeps the process alive only while an answer is due. */
export function runThread(worker: Worker, log: Logger): RunningThread {
  const waiting = new Map<number, Waiting>()
  let nextId = 0
  let isClosing = false
  let end: string | undefined
  worker.unref()

  function settle(id: number): Waiting | undefined {
    const found = waiting.get(id)
    waiting.delete(id)
    if (waiting.size === 0 && !isClosing) worker.unref()
    return found
  }
  worker.on('message', (message: FromThread) => {
    if (message.kind === 'warning') log.warn(message.fields, message.message)
    else if (message.kind === 'answer') settle(message.id)?.resolve(message.answer)
    else settle(message.id)?.reject(errorOf(message.error))
  })
  const ended = new Promise<string>((resolve) => {
    let why = 'its thread has ended'
    worker.on('error', (error) => {
      why = error instanceof Error ? error.message : String(error)
    })
    worker.on('exit', () => {
      end = why
      for (const { reject } of waiting.values()) reject(endError(why))
      waiting.clear()
      resolve(why)
    })
  })
  const ask: RunningThread['ask'] = (question, values) =>
    new Promise((resolve, reject) => {
      if (end !== undefined) throw endError(end)
      const asked: Asked = { id: nextId, question, values }
      nextId += 1
      waiting.set(asked.id, { resolve, reject })
      worker.ref()
      worker.postMessage(asked, [])
    })
  return {
    ask,
    ended,
    async close() {
      isClosing = true
      await ask('close', []).catch(() => undefined)
      await ended
    },
  }
}

function endError(why: string): Error {
  return new Error(`the review index ended: ${why}`)
}

function errorOf({ message, isRange, code }: FailedAnswer): Error {
  const error = isRange ? new RangeError(message) : new Error(message)
  return code === undefined ? error : Object.assign(error, { code })
}
