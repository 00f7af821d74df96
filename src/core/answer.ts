import type { Metadata } from './call.ts'

/** How a call ends: a gRPC status with its words, and the metadata that follows the message. */
export interface Status {
  readonly code: number
  readonly words: string
  readonly trailers: Metadata
}

/** Who has to know what becomes of an answer on its way. */
export interface AnswerWatcher {
  /** The caller went away before the status was sent; told at once where it is gone already. */
  readonly onGone: () => void
  /** So many bytes have left, so that no more are fetched than are taken. */
  readonly onSent: (bytes: number) => void
}

/** Where a call's answer goes: metadata, the bytes of its message, and the status last. */
export interface Answer {
  readonly sendMetadata: (metadata: Metadata) => void
  /** The next bytes of the answer, as gRPC frames them. They are sent as the caller takes them. */
  readonly sendBytes: (bytes: Uint8Array) => void
  readonly sendStatus: (status: Status) => void
  /** Tells one watcher from now on what becomes of the caller. */
  readonly watch: (watcher: AnswerWatcher) => void
}
