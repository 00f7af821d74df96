import type { Logger } from '../../log.ts'
import type { VerifyResult } from '../review-index.ts'

/** How far a check of the journal is, and what it found. */
export type Verification =
  | { readonly stage: 'never' }
  | { readonly stage: 'running'; readonly since: number; readonly reviewer: string }
  | {
      readonly stage: 'done'
      readonly at: number
      readonly reviewer: string
      readonly result: VerifyResult
    }
  /** It could not be done, or not be recorded. */
  | {
      readonly stage: 'failed'
      readonly at: number
      readonly why: 'index' | 'record'
      /** The reason in words, without paths; the log has all of it. */
      readonly reason: string
    }

/** Checks the journal, one check at a time, and keeps what the last one found. */
export interface Verifier {
  readonly state: () => Verification
  /**
   * Resolves when the check is over, whoever started it. Never rejects. Who asks while one runs gets that
   * one's result, recorded for them, too.
   */
  readonly run: (asked: Asked) => Promise<void>
}

interface Asked {
  readonly reviewer: string
  /** Records what was found; what cannot be recorded is not shown. */
  readonly record: (result: VerifyResult) => Promise<void>
}

/** Creates the verifier. A check reads the whole journal, so there is never more than one. */
export function createVerifier(parts: {
  readonly verify: () => Promise<VerifyResult>
  readonly now: () => number
  readonly log: Pick<Logger, 'error'>
}): Verifier {
  const { verify, now, log } = parts
  let state: Verification = { stage: 'never' }
  let running = Promise.resolve()
  let asking: Asked[] = []

  async function check(reviewer: string): Promise<void> {
    let why: 'index' | 'record' = 'index'
    try {
      const result = await verify()
      why = 'record'
      // Somebody may ask while this is recorded for those before.
      for (let next = asking.shift(); next; next = asking.shift()) await next.record(result)
      state = { stage: 'done', at: now(), reviewer, result }
    } catch (error) {
      log.error({ err: error, why }, 'the journal could not be verified')
      asking = []
      state = { stage: 'failed', at: now(), why, reason: reasonOf(error) }
    }
  }

  return {
    state: () => state,
    run(asked) {
      asking.push(asked)
      if (state.stage !== 'running') {
        state = { stage: 'running', since: now(), reviewer: asked.reviewer }
        running = check(asked.reviewer)
      }
      return running
    },
  }
}

/** Errors of the system have a code that says what is wrong, and a message with a path. */
function reasonOf(error: unknown): string {
  const { code } = error as { readonly code?: unknown }
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code)
    ? `a file could not be read (${code})`
    : 'it ended with an error'
}
