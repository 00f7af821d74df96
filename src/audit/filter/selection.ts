import { LRUCache } from 'lru-cache'
import type { RecordedEntry } from '../../core/recorded-call.ts'
import { isWholeCall, textOf, timeOf } from '../entry-facts.ts'
import { passes, type Filter } from './filter.ts'

/** Calls under way that are remembered; beyond that, the end of the one that began first is not found. */
const openCallsMax = 100_000

/**
 * Makes the function that says whether an entry is looked for. Entries must come in their order: a
 * completion does not say what call it is of, so it is taken where its decision was of such a call.
 */
export function createSelection(filter: Filter): (entry: RecordedEntry) => boolean {
  const { from, to, own, call, hidden } = filter
  const open = new LRUCache<string, true>({ max: openCallsMax })

  /** Whether the call that an entry is about is looked for, whenever it was. */
  function isOfCall(entry: RecordedEntry): boolean {
    if (call.length === 0) return true
    const decisionId = textOf(entry, 'decision_id')
    if (entry['kind'] === 'completion' && !isWholeCall(entry)) {
      return decisionId !== undefined && open.delete(decisionId)
    }
    const isMeant = passes(call, entry)
    const isForwarded = entry['kind'] === 'decision' && entry['outcome'] === 'allowed'
    if (isMeant && isForwarded && decisionId !== undefined) open.set(decisionId, true)
    return isMeant
  }

  return (entry) => {
    if (!isOfCall(entry) || hidden.has(textOf(entry, 'kind') ?? '')) return false
    if (!passes(own, entry)) return false
    if (from === -Infinity && to === Infinity) return true
    const time = timeOf(entry)
    return time !== undefined && time >= from && time < to
  }
}
