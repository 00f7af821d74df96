import type { MessagePort } from 'node:worker_threads'
import { startIndexer } from './indexer.ts'
import { createJournalIndex } from './journal-index.ts'
import type { Asked, FailedAnswer, FromThread, IndexThreadOptions, Questions } from './questions.ts'
import { verifyForReview } from './verify-result.ts'

/** Opens the index of a journal, and answers what comes in at a port until it is closed. */
export function serveIndex(port: MessagePort, options: IndexThreadOptions): void {
  const { directory, durable } = options
  const send = (message: FromThread): void => port.postMessage(message)
  const indexer = startIndexer({
    directory,
    durable: durableOf(durable),
    warn: (fields, message) => send({ kind: 'warning', fields, message }),
  })
  const closing = new AbortController()
  const questions: Questions = {
    ...createJournalIndex(directory, indexer),
    verify: () => verifyForReview({ ...options, signal: closing.signal }),
    async close() {
      closing.abort(new Error('the review index was closed'))
      await indexer.close()
    },
  }
  const answer = async ({ id, question, values }: Asked): Promise<void> => {
    const ask = questions[question] as (...values: readonly unknown[]) => Promise<unknown>
    try {
      send({ kind: 'answer', id, answer: await ask(...values) })
    } catch (error) {
      send({ kind: 'failure', id, error: failedAnswer(error) })
    }
    if (question === 'close') port.close()
  }
  port.on('message', (asked: Asked) => void answer(asked))
}

function durableOf(shared: SharedArrayBuffer | undefined): () => number {
  if (shared === undefined) return () => Infinity
  const cell = new BigInt64Array(shared)
  return () => Number(Atomics.load(cell, 0))
}

/** Nothing that answers throws anything but errors. */
function failedAnswer(error: unknown): FailedAnswer {
  const { message, code } = error as NodeJS.ErrnoException
  return { message, isRange: error instanceof RangeError, code }
}
