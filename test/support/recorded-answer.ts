import type { Answer, AnswerWatcher, Status } from '../../src/core/answer.ts'
import type { Metadata } from '../../src/core/call.ts'

/** An answer that keeps what it is told, for a caller that a test makes go away. */
export function recordAnswer(options: { readonly takesBytes?: boolean } = {}) {
  const { takesBytes = true } = options
  const parts: Uint8Array[] = []
  const sent = {
    metadata: undefined as Metadata | undefined,
    statuses: [] as Status[],
    get bytes(): Buffer {
      return Buffer.concat(parts)
    },
    /** Of the one message, without its prefix. */
    get message(): Buffer | undefined {
      return parts.length === 0 ? undefined : Buffer.concat(parts).subarray(5)
    },
  }
  let watcher: AnswerWatcher | undefined
  const { promise: ended, resolve } = Promise.withResolvers<Status>()
  const answer: Answer = {
    sendMetadata: (metadata) => void (sent.metadata = metadata),
    sendBytes: (bytes) => {
      parts.push(Uint8Array.from(bytes))
      if (takesBytes) watcher?.onSent(bytes.length)
    },
    sendStatus: (status) => {
      sent.statuses.push(status)
      resolve(status)
    },
    watch: (one) => void (watcher = one),
  }
  const leave = () => watcher?.onGone()
  /** Takes so many bytes of the answer, which were not taken as they came. */
  const take = (bytes: number) => watcher?.onSent(bytes)
  return { answer, sent, ended, leave, take }
}

/** Calls back when the caller of an answer goes away. */
export function whenGone(answer: Answer, onGone: () => void): void {
  answer.watch({ onGone, onSent: () => undefined })
}

/** Calls back with the number of bytes that have left. */
export function whenSent(answer: Answer, onSent: (bytes: number) => void): void {
  answer.watch({ onGone: () => undefined, onSent })
}
