import type { CallRow, ReviewIndex, Search } from '../review-index.ts'
import { readCallLines, type CallLines } from './call-lines.ts'
import { readCallRecord } from './call-record.ts'
import { callRowOf } from './call-row.ts'
import { findCalls, type CallPlace } from './find-calls.ts'
import type { Indexer } from './indexer.ts'
import { withJournalLines } from './journal-lines.ts'
import { placesOfSignOffs, placesSince } from './lookups.ts'
import { periodEnds } from './period.ts'
import { countMax } from './plan.ts'
import { signOffOf } from './sign-off.ts'
import { totalsOf } from './totals.ts'

/** Some lines of the journal behind a search, and where to go on. */
export interface LinesPage {
  readonly lines: readonly { readonly seq: number; readonly text: string }[]
  readonly next: string | undefined
}

/** What can be asked of an index where it lives. What is shown is read from the journal itself. */
export type JournalIndex = Pick<
  ReviewIndex,
  'search' | 'totals' | 'call' | 'signOffs' | 'period' | 'state' | 'since'
> & {
  /** The lines behind some hundred calls, newest first. */
  readonly linesPage: (search: Search, after: string | undefined) => Promise<LinesPage>
}

/** Calls whose lines are handed over at once. */
const callsPerPage = 500

/** Most calls that the live view is told of at once. */
const changedMax = 1_000

/** Answers questions from an index and its journal. */
export function createJournalIndex(directory: string, indexer: Indexer): JournalIndex {
  const { ask, addFault } = indexer
  const options = { directory, addFault }
  const linesOf = (calls: readonly CallPlace[]) => readCallLines(options, calls)
  const rowsOf = (calls: readonly CallPlace[]) => linesOf(calls).map(rowOf)

  return {
    search: async (search, page) =>
      ask(({ database, names }) => {
        const { calls, next, count } = findCalls(database, names, { search, page })
        const found = count()
        const isMore = found > countMax
        return { rows: rowsOf(calls), count: Math.min(found, countMax), isMore, next }
      }),
    totals: async (search) => ask((index) => totalsOf(index, search)),
    call: async (decisionId) =>
      ask(({ database }) => readCallRecord(database, options, decisionId)),
    signOffs: async () =>
      ask(({ database }) =>
        withJournalLines(directory, ({ read }) =>
          placesOfSignOffs(database)
            .map(({ seq, place }) => read(seq, place))
            .map((line) => line && signOffOf(line.entry))
            .filter((signOff) => signOff !== undefined),
        ),
      ),
    period: async (from, to) =>
      ask((index) => {
        const { allowed, refused } = totalsOf(index, { from, to })
        return { ...periodEnds(index.database, directory, { from, to }), allowed, refused }
      }),
    state: async () => indexer.state(),
    since: async (seq, limit) =>
      ask(({ database }) => {
        return rowsOf(placesSince(database, { seq, max: Math.min(limit, changedMax) }))
      }),
    linesPage: async (search, after) =>
      ask(({ database, names }) => {
        const page = { order: 'newest_first', limit: callsPerPage, after } as const
        const { calls, next } = findCalls(database, names, { search, page })
        return { lines: linesOf(calls).flatMap(textsOf), next }
      }),
  }
}

function rowOf({ decision, completion }: CallLines): CallRow {
  return callRowOf(decision.entry, completion?.entry)
}

function textsOf({ decision, completion }: CallLines): LinesPage['lines'] {
  const lines =
    completion === undefined || completion === decision ? [decision] : [decision, completion]
  return lines.map(({ entry, text }) => ({ seq: Number(entry['seq']), text }))
}
