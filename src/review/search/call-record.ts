import type { DatabaseSync } from 'node:sqlite'
import type { CallRecord } from '../review-index.ts'
import { readCallLines, type CallLinesOptions } from './call-lines.ts'
import { withJournalLines } from './journal-lines.ts'
import { placeOfCall, placeOfIdentity } from './lookups.ts'

/** Everything that the journal has about the call of a decision, or undefined where it has none. */
export function readCallRecord(
  database: DatabaseSync,
  options: CallLinesOptions,
  decisionId: string,
): CallRecord | undefined {
  const place = placeOfCall(database, decisionId)
  const [lines] = place === undefined ? [] : readCallLines(options, [place])
  if (lines === undefined) return undefined
  const { decision, completion } = lines
  return {
    decision: decision.entry,
    completion: completion?.entry,
    identity: identityOf(database, options, decision.entry),
  }
}

function identityOf(
  database: DatabaseSync,
  { directory }: CallLinesOptions,
  decision: CallRecord['decision'],
): CallRecord['identity'] {
  const { token_sha256: token, seq } = decision
  if (typeof token !== 'string') return undefined
  const place = placeOfIdentity(database, { token, seq: Number(seq) })
  if (place === undefined) return undefined
  const entry = withJournalLines(directory, ({ read }) => read(place.seq, place.place))?.entry
  return entry?.['kind'] === 'identity' && entry['token_sha256'] === token ? entry : undefined
}
