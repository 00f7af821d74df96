import type { RefusalCode } from './refusal.ts'

/** What became of a call that was forwarded, or of an answer that refused it. */
export interface Outcome {
  /**
   * `completed`: the upstream answered OK. `failed`: it answered with another status, or could not
   * be reached. `cancelled`: the caller went away or its deadline passed. `refused`: not forwarded.
   */
  readonly result: 'completed' | 'failed' | 'cancelled' | 'refused'
  /** Why Sallyport itself ended the call, where it was not the upstream that did. */
  readonly code?: RefusalCode
  readonly grpcStatus: number
  /** Bytes of the answer's message, 0 where there was none. */
  readonly bytes: number
}
