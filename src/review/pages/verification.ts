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
  | { readonly stage: 'failed'; readonly at: number; readonly why: 'index' | 'record' }

/** Checks the journal, one check at a time, and keeps what the last one found. */
export interface Verifier {
  readonly state: () => Verification
  /** Resolves when the check is over, whoever started it. Never rejects. */
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
}): Verifier {
  const { verify, now } = parts
  let state: Verification = { stage: 'never' }
  let running: Promise<void> | undefined

  async function check({ reviewer, record }: Asked): Promise<Verification> {
    let why: 'index' | 'record' = 'index'
    try {
      const result = await verify()
      why = 'record'
      await record(result)
      return { stage: 'done', at: now(), reviewer, result }
    } catch {
      return { stage: 'failed', at: now(), why }
    }
  }

  async function run(asked: Asked): Promise<void> {
    state = { stage: 'running', since: now(), reviewer: asked.reviewer }
    state = await check(asked)
    running = undefined
  }

  return {
    state: () => state,
    run: (asked) => (running ??= run(asked)),
  }
}
