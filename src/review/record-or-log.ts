import type { ReviewFacts } from '../core/review-entry.ts'
import type { Logger } from '../log.ts'
import type { Recorded } from '../record/journal.ts'

interface RecordParts {
  readonly record: (facts: ReviewFacts) => Promise<Recorded>
  readonly log: Pick<Logger, 'error'>
}

/**
 * Records what shows nobody anything, and so is done even where it cannot be recorded: the log then says
 * that it is missing. Resolves with whether it was recorded.
 */
export async function recordOrLog(
  { record, log }: RecordParts,
  facts: ReviewFacts,
): Promise<boolean> {
  const recorded = await record(facts)
  if (recorded.ok) return true
  const { action, reviewer, peer } = facts
  const { code, detail } = recorded.refusal
  log.error({ action, reviewer, peer, code, detail }, 'not recorded in the journal')
  return false
}
