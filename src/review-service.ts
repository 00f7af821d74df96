import type { FastifyPluginCallback } from 'fastify'
import type { Settings } from './config/settings.ts'
import type { Policy } from './core/policy.ts'
import { reviewEntry, type ReviewFacts } from './core/review-entry.ts'
import type { Identifier } from './identify/identify.ts'
import { scheduleTimer } from './identify/schedule.ts'
import type { Logger } from './log.ts'
import type { Journal } from './record/journal.ts'
import { createReviewAccess } from './review/access.ts'
import { createReviewPage } from './review/review-page.ts'
import { openReviewIndex } from './review/search/open-review-index.ts'

/** The review page of a service. */
export interface ReviewService {
  /** Its routes, for the ops listener. */
  readonly plugin: FastifyPluginCallback
  readonly close: () => Promise<void>
}

export interface ReviewServiceParts {
  readonly settings: Settings
  readonly identifier: Pick<Identifier, 'person'>
  readonly journal: Pick<Journal, 'append' | 'durable'>
  readonly policy: () => Policy
  readonly log: Logger
  readonly now: () => number
}

/** Puts the review page together: who may see it, what it finds, and the record of both. */
export function createReviewService(parts: ReviewServiceParts): ReviewService {
  const { settings, journal, log } = parts
  const { audit, ops, issuers } = settings
  const record = (facts: ReviewFacts) => journal.append(reviewEntry(facts))
  const witnessFiles = audit.checkpoints.witnesses.flatMap((witness) =>
    witness.kind === 'file' ? [witness.file] : [],
  )
  const { directory } = audit
  const index = openReviewIndex({ directory, durable: journal.durable, witnessFiles, log })
  const access = createReviewAccess({ ...parts, settings: ops.review, ops, issuers, record })
  const { temporalUiUrl } = ops.review
  return {
    plugin: createReviewPage({
      index,
      access,
      record,
      log,
      temporalUiUrl,
      now: parts.now,
      schedule: scheduleTimer,
    }),
    close: index.close,
  }
}
