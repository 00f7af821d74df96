import type { DatabaseSync } from 'node:sqlite'
import type { Search, SearchPage } from '../review-index.ts'
import type { Names } from './names.ts'
import { pageMarkText, parsePageMark, type PageMark } from './page-mark.ts'
import { allowedStates, countRows, fromSql, planOf, refusedStates, type Plan } from './plan.ts'

/** Where the lines of a call are in the journal. */
export interface CallPlace {
  readonly seq: number
  readonly time: number
  readonly place: number
  readonly completionSeq: number | undefined
  readonly completionPlace: number | undefined
}

/** A page of what a search finds. */
export interface FoundCalls {
  readonly calls: readonly CallPlace[]
  readonly next: string | undefined
  /** How many the whole search finds, counted up to one more than `countMax`. */
  readonly count: () => number
}

/** Most calls of one page. */
const limitMax = 500

/**
 * Finds a page of calls. Pages go on from where the last one ended, so the last costs as much as the first,
 * and calls that come in between move none.
 *
 * @throws RangeError where the page's mark is none.
 */
export function findCalls(
  database: DatabaseSync,
  names: Names,
  asked: { readonly search: Search; readonly page: SearchPage },
): FoundCalls {
  const { order, after } = asked.page
  const limit = Math.max(1, Math.min(limitMax, Math.trunc(asked.page.limit) || 1))
  const mark = after === undefined ? undefined : parsePageMark(after)
  const plan = planOf(database, names, asked.search)
  if (plan === undefined) return { calls: [], next: undefined, count: () => 0 }
  const groups =
    order === 'refusals_first'
      ? [refusedStates, allowedStates]
      : [[...refusedStates, ...allowedStates]]
  const found: { readonly group: number; readonly call: CallPlace }[] = []
  for (const [group, states] of groups.entries()) {
    if (group < (mark?.group ?? 0)) continue
    const start = group === mark?.group ? mark : undefined
    const wanted = limit + 1 - found.length
    const calls = newestOf(database, plan, { states, start, wanted })
    found.push(...calls.map((call) => ({ group, call })))
    if (found.length > limit) break
  }
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  const isMore = found.length > limit && last !== undefined
  return {
    calls: shown.map(({ call }) => call),
    next: isMore ? pageMarkText({ group: last.group, ...last.call }) : undefined,
    count() {
      if (after === undefined && !isMore) return shown.length
      return plan.count ?? countRows(database, plan)
    },
  }
}

interface Wanted {
  readonly states: readonly number[]
  readonly start: PageMark | undefined
  readonly wanted: number
}

/** The newest calls in any of some states, from where the last page ended. */
function newestOf(database: DatabaseSync, plan: Plan, asked: Wanted): readonly CallPlace[] {
  const { start, wanted } = asked
  const states = plan.states.filter((state) => asked.states.includes(state))
  const values = {
    ...plan.values,
    from: plan.from,
    to: start === undefined ? plan.to : Math.min(plan.to, start.time + 1),
    start_time: start?.time ?? Number.MAX_SAFE_INTEGER,
    start_seq: start?.seq ?? 0,
    wanted,
  }
  // Those of each state come in order, so that as many as are wanted of each are enough.
  const runs = plan.isInOrder || states.length === 0 ? states.map((state) => [state]) : [states]
  return runs
    .flatMap((run) => database.prepare(callsSql(plan, run)).all(values).map(placeOf))
    .sort((one, other) => other.time - one.time || other.seq - one.seq)
    .slice(0, wanted)
}

/** The statement that finds calls in some states, newest first. */
export function callsSql(plan: Plan, states: readonly number[]): string {
  return `SELECT seq, time, place, completion_seq, completion_place ${fromSql(plan, states)}
    AND (time < :start_time OR seq < :start_seq) ORDER BY time DESC, seq DESC LIMIT :wanted`
}

/** The place of a call's lines, from a row of the index. */
export function placeOf(row: Readonly<Record<string, unknown>>): CallPlace {
  const optional = (value: unknown) => (value === null ? undefined : Number(value))
  return {
    seq: Number(row['seq']),
    time: Number(row['time']),
    place: Number(row['place']),
    completionSeq: optional(row['completion_seq']),
    completionPlace: optional(row['completion_place']),
  }
}
