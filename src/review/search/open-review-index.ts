import type { Logger } from '../../log.ts'
import type { ReviewIndex, Search } from '../review-index.ts'
import { createIndexThread, type IndexThread } from './index-thread.ts'

export interface ReviewIndexOptions {
  /** The audit directory, in which the index is a file beside the journal. */
  readonly directory: string
  /** One signed 64-bit integer: number of the last durable entry. Everything written counts unless given. */
  readonly durable?: SharedArrayBuffer | undefined
  /** Files with checkpoints that witnesses keep, which a verified journal must fit. */
  readonly witnessFiles?: readonly string[] | undefined
  readonly log: Logger
}

/**
 * The index of a journal for people to search, in a thread of its own that runs while somebody asks.
 * Nothing is opened before the first question; it can be deleted at any time, and is then built anew.
 */
export function openReviewIndex(options: ReviewIndexOptions): ReviewIndex {
  const { directory, durable, witnessFiles = [], log } = options
  return reviewIndexOf(createIndexThread({ directory, durable, witnessFiles, log }))
}

/** The index that a thread has. */
export function reviewIndexOf({ ask, close }: IndexThread): ReviewIndex {
  return {
    search: (search, page) => ask('search', search, page),
    totals: (search) => ask('totals', search),
    call: (decisionId) => ask('call', decisionId),
    signOffs: () => ask('signOffs'),
    period: (from, to) => ask('period', from, to),
    verify: () => ask('verify'),
    state: async () => {
      try {
        return await ask('state')
      } catch (error) {
        const trouble = error instanceof Error ? error.message : String(error)
        return { indexedSeq: 0, isCaughtUp: false, trouble }
      }
    },
    since: (seq, limit) => ask('since', seq, limit),
    lines: (search, limit) => linesOf(ask, search, limit),
    close,
  }
}

/** Asks for some hundred calls at a time, so that neither thread is held up by all of them. */
async function linesOf(
  ask: IndexThread['ask'],
  search: Search,
  limit: number,
): Promise<readonly string[]> {
  const found: { readonly seq: number; readonly text: string }[] = []
  let after: string | undefined
  do {
    const { lines, next } = await ask('linesPage', search, after)
    found.push(...lines)
    after = next
  } while (after !== undefined && found.length < limit)
  return found
    .slice(0, limit)
    .sort((one, other) => one.seq - other.seq)
    .map(({ text }) => text)
}
