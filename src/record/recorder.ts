import {
  completionEntry,
  decisionEntry,
  type CompletionFacts,
  type DecisionFacts,
} from '../core/audit-entry.ts'
import type { Journal, Recorded } from './journal.ts'

/** Records the two things that happen to a call. */
export interface Recorder {
  /** The call may be forwarded only where this resolves to `ok`. */
  readonly decision: (facts: DecisionFacts) => Promise<Recorded>
  readonly completion: (facts: CompletionFacts) => void
}

/** Turns what the proxy knows of a call into entries of the journal. */
export function createRecorder({ journal }: { readonly journal: Journal }): Recorder {
  return {
    decision: (facts) => journal.append(decisionEntry(facts)),
    completion: (facts) => journal.enqueue(completionEntry(facts)),
  }
}
