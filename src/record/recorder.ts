import { LRUCache } from 'lru-cache'
import type { AuditLevels } from '../config/audit-settings.ts'
import { identityEntry, type CompletionFacts, type DecisionFacts } from '../core/audit-entry.ts'
import type { Identity } from '../core/identity.ts'
import { isRefusal, refusal, type RefusalCode } from '../core/refusal.ts'
import { BriefMap } from './brief-map.ts'
import { begunCall, createCallEncoder, type BegunCall } from './call-encoder.ts'
import type { Journal, Recorded } from './journal.ts'
import { levelOf } from './level.ts'
import { createRefusalFlood, type ScheduleOnce } from './refusal-flood.ts'

/** Records what happens to calls, and who made them. */
export interface Recorder {
  /** The call may be forwarded only where this resolves to `ok`. */
  readonly decision: (facts: DecisionFacts) => Promise<Recorded>
  readonly completion: (facts: CompletionFacts) => void
}

/** A recorder that may hold counts which have yet to be handed to the journal. */
export interface OpenRecorder extends Recorder {
  /** Hands over what is counted. Comes once no more calls do, and before the journal is closed. */
  readonly close: () => void
}

export interface RecorderParts {
  readonly journal: Pick<Journal, 'append' | 'enqueue' | 'trouble'>
  /** A decision and a completion for every call, unless given. */
  readonly levels?: AuditLevels
  /** Milliseconds since the epoch; the system's clock unless given. */
  readonly now?: () => number
  /** A timer unless given. */
  readonly schedule?: ScheduleOnce
}

/** Tokens whose identity entry is known to be written; beyond this many, one may be written again. */
const knownTokensMax = 20_000

const everything: AuditLevels = { read: 'both', work: 'both' }

/**
 * Turns what the proxy knows of a call into entries of the journal. The first decision about a token is
 * preceded by an entry with all claims of its identity. A call at level `completion` is recorded when it
 * has ended, and refused at its beginning where that could not be done now. Callers without a verified
 * token are recorded one by one, and in a flood of them counted, as are calls that could not be recorded.
 */
export function createRecorder(parts: RecorderParts): OpenRecorder {
  const { journal, levels = everything } = parts
  const known = new LRUCache<string, true>({ max: knownTokensMax })
  const entries = createCallEncoder()
  const flood = createRefusalFlood(parts)
  /** What was decided on calls at level `completion` that are under way, by decision id. */
  const begun = new BriefMap<string, BegunCall>()

  async function ofStranger(code: RefusalCode, facts: DecisionFacts): Promise<Recorded> {
    if (flood.countBeyondBurst(code, facts)) return { ok: true }
    const recorded = await journal.append(entries.decision(facts))
    if (!recorded.ok) flood.count(code, facts)
    return recorded
  }

  /** A call that cannot be recorded is counted, so that the journal says of it later. */
  async function alone(facts: DecisionFacts): Promise<Recorded> {
    const recorded = await journal.append(entries.decision(facts))
    return recorded.ok ? recorded : missed(facts, recorded)
  }

  function missed(facts: DecisionFacts, recorded: Recorded): Recorded {
    flood.count('audit_unavailable', facts)
    return recorded
  }

  async function ofNewToken(identity: Identity, facts: DecisionFacts): Promise<Recorded> {
    const introduced = journal.append(identityEntry(facts.at, identity))
    // Both are queued at once, so they are written together or not at all.
    const recorded = isWhole(facts) ? undefined : alone(facts)
    const introduction = await introduced
    if (introduction.ok) known.set(identity.tokenDigest, true)
    return recorded ?? (introduction.ok ? begin(facts) : missed(facts, introduction))
  }

  /** Whether the call has one entry, when it has ended. */
  function isWhole({ decision }: DecisionFacts): boolean {
    return decision.allowed && levelOf(decision.call, levels) === 'completion'
  }

  async function begin(facts: DecisionFacts): Promise<Recorded> {
    const why = journal.trouble()
    if (why !== undefined) {
      return missed(facts, { ok: false, refusal: refusal('audit_unavailable', why) })
    }
    begun.set(facts.decisionId, begunCall(facts))
    return { ok: true }
  }

  return {
    decision(facts) {
      const { identity } = facts
      if (isRefusal(identity)) return ofStranger(identity.code, facts)
      if (!known.get(identity.tokenDigest)) return ofNewToken(identity, facts)
      return isWhole(facts) ? begin(facts) : alone(facts)
    },
    completion(facts) {
      const call = begun.get(facts.decisionId)
      begun.delete(facts.decisionId)
      journal.enqueue(call ? entries.wholeCall(call, facts) : entries.completion(facts))
    },
    close: flood.close,
  }
}
