import type { VerifyResult } from '../review-index.ts'
import type { JournalIndex } from './journal-index.ts'

/** What the thread of the index is started with. */
export interface IndexThreadOptions {
  readonly directory: string
  /** One signed 64-bit integer: number of the last durable entry. Absent where everything written counts. */
  readonly durable: SharedArrayBuffer | undefined
  readonly witnessFiles: readonly string[]
}

/** What can be asked of the thread of the index. */
export type Questions = JournalIndex & {
  readonly verify: () => Promise<VerifyResult>
  /** Answered when the index is closed; the thread then ends. */
  readonly close: () => Promise<void>
}

/** A question on its way to the thread. */
export interface Asked {
  readonly id: number
  readonly question: keyof Questions
  readonly values: readonly unknown[]
}

/** What comes back: answers, and lines for the log, which only the main thread writes. */
export type FromThread =
  | { readonly kind: 'answer'; readonly id: number; readonly answer: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly error: FailedAnswer }
  | {
      readonly kind: 'warning'
      readonly fields: Readonly<Record<string, unknown>>
      readonly message: string
    }

/** An error as it crosses threads. */
export interface FailedAnswer {
  readonly message: string
  /** Whether the question was wrong, and not the index. */
  readonly isRange: boolean
  /** Of an error of the system, such as `EACCES`. */
  readonly code?: string | undefined
}
