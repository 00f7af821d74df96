import type { Answer, Status } from '../../src/core/answer.ts'
import type { Metadata } from '../../src/core/call.ts'

/** An answer that keeps what it is told, for a caller that a test makes go away. */
export function recordAnswer() {
  const sent: { metadata?: Metadata; message?: Uint8Array; statuses: Status[] } = { statuses: [] }
  const listeners: (() => void)[] = []
  const { promise: ended, resolve } = Promise.withResolvers<Status>()
  const answer: Answer = {
    sendMetadata: (metadata) => void (sent.metadata = metadata),
    sendMessage: (message) => void (sent.message = message),
    sendStatus: (status) => {
      sent.statuses.push(status)
      resolve(status)
    },
    whenGone: (listener) => void listeners.push(listener),
  }
  const leave = () => listeners.forEach((listener) => listener())
  return { answer, sent, ended, leave }
}
