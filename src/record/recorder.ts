import { LRUCache } from 'lru-cache'
import {
  completionEntry,
  decisionEntry,
  identityEntry,
  type CompletionFacts,
  type DecisionFacts,
} from '../core/audit-entry.ts'
import { isRefusal } from '../core/refusal.ts'
import type { Journal, Recorded } from './journal.ts'

/** Records what happens to calls, and who made them. */
export interface Recorder {
  /** The call may be forwarded only where this resolves to `ok`. */
  readonly decision: (facts: DecisionFacts) => Promise<Recorded>
  readonly completion: (facts: CompletionFacts) => void
}

/** Tokens whose identity entry is known to be written; beyond this many, one may be written again. */
const knownTokensMax = 20_000

/**
 * Turns what the proxy knows of a call into entries of the journal. The first decision about a token is
 * preceded by an entry with all claims of its identity.
 */
export function createRecorder({ journal }: { readonly journal: Journal }): Recorder {
  const known = new LRUCache<string, true>({ max: knownTokensMax })
  return {
    decision: async (facts) => {
      const { identity, at } = facts
      if (isRefusal(identity) || known.get(identity.tokenDigest)) {
        return journal.append(decisionEntry(facts))
      }
      // Both are queued at once, so they are written together or not at all.
      const [introduced, recorded] = await Promise.all([
        journal.append(identityEntry(at, identity)),
        journal.append(decisionEntry(facts)),
      ])
      if (introduced.ok) known.set(identity.tokenDigest, true)
      return recorded
    },
    completion: (facts) => journal.enqueue(completionEntry(facts)),
  }
}
