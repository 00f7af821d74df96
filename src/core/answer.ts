import type { Metadata } from './call.ts'

/** How a call ends: a gRPC status with its words, and the metadata that follows the message. */
export interface Status {
  readonly code: number
  readonly words: string
  readonly trailers: Metadata
}

/** Where a call's answer goes. A message comes at most once, and the status last. */
export interface Answer {
  readonly sendMetadata: (metadata: Metadata) => void
  readonly sendMessage: (message: Uint8Array) => void
  readonly sendStatus: (status: Status) => void
  /** Calls back when the caller goes away before the status was sent. */
  readonly whenGone: (listener: () => void) => void
}
