import type { DatabaseSync } from 'node:sqlite'
import type { Search } from '../review-index.ts'
import { conditionOf, type Condition } from './condition.ts'
import type { Names } from './names.ts'
import { states, type NameColumn } from './schema.ts'

/** How a search is run: over which index, in which states and times, and what each row must hold. */
export interface Plan {
  readonly index: string
  /** Whether rows of one state come out of the index in the order of time. Few do where they do not. */
  readonly isInOrder: boolean
  readonly states: readonly number[]
  /** First millisecond, and the first behind it. */
  readonly from: number
  readonly to: number
  /** What rows must hold beside state and time, for SQL; empty where nothing. */
  readonly where: string
  /** What `where` names. */
  readonly values: Readonly<Record<string, string | number>>
  /** How many rows match, as `countRows` counts, where the choice of the index has shown it. */
  readonly count: number | undefined
}

/** Further than this nobody counts what a search finds. */
export const countMax = 10_000

/** Times that JavaScript has. */
const timeMax = 8.64e15

const allStates = Object.values(states)
const { refused, ...afterAllowed } = states
const statesOfOutcome = new Map<string, readonly number[]>([
  ...Object.entries(states).map(([name, state]) => [name, [state]] as const),
  ['allowed', Object.values(afterAllowed)],
])

/** The states of calls that were refused, and those of all others. */
export const refusedStates: readonly number[] = [refused]
export const allowedStates: readonly number[] = Object.values(afterAllowed)

const filters: readonly (readonly [column: NameColumn, filter: keyof Search])[] = [
  ['project', 'project'],
  ['job', 'job'],
  ['person', 'user'],
  ['namespace', 'namespace'],
  ['workflow', 'workflowId'],
  ['workflow_type', 'workflowType'],
  ['method', 'method'],
  ['rule', 'rule'],
  ['code', 'code'],
]

/**
 * Plans a search: the index is that of the filter which leaves fewest rows, so that a rare one is never
 * looked for among the many of a common one. Undefined where nothing can match.
 */
export function planOf(database: DatabaseSync, names: Names, search: Search): Plan | undefined {
  const states = search.outcome ? statesOfOutcome.get(search.outcome) : allStates
  if (states === undefined) return undefined
  const conditions: Condition[] = []
  for (const [column, filter] of filters) {
    const text = search[filter]
    if (typeof text !== 'string' || text === '') continue
    const condition = conditionOf(names, column, text)
    if (condition === undefined) return undefined
    conditions.push(condition)
  }
  const from = wholeTime(search.from, -timeMax)
  const to = wholeTime(search.to, timeMax)
  const rest = {
    states,
    from,
    to,
    where: conditions.map(({ sql }) => sql).join(' AND '),
    values: Object.assign({}, ...conditions.map(({ values }) => values)) as Plan['values'],
  }
  const candidates = candidatesOf(conditions).map((candidate) => {
    const { condition, ...rows } = candidate
    const { sql: where = '', values = {} } = condition ?? {}
    // Nothing is counted where there is nothing to choose.
    const isChoice = conditions.some(({ ids }) => ids !== 'many')
    const asked = { ...rest, ...rows, where, values, count: undefined }
    return { ...candidate, count: isChoice ? countRows(database, asked) : 0 }
  })
  const { index, isInOrder } = cheapest(candidates)
  const whole = candidates.find(({ condition }) => condition && conditions.length === 1)
  return { ...rest, index, isInOrder, count: whole?.count }
}

/** An index that could be used, and how rows come out of it. */
interface Candidate extends Pick<Plan, 'index' | 'isInOrder'> {
  readonly condition: Condition | undefined
}

const byTime: Candidate = { index: 'calls_time', isInOrder: true, condition: undefined }

function candidatesOf(conditions: readonly Condition[]): readonly Candidate[] {
  const listed = conditions.flatMap((condition): Candidate[] => {
    const { column, ids } = condition
    if (ids === 'many') return []
    return [{ index: `calls_${column}`, isInOrder: ids.length === 1, condition }]
  })
  return [
    ...listed.filter(({ isInOrder }) => isInOrder),
    byTime,
    ...listed.filter(({ isInOrder }) => !isInOrder),
  ]
}

interface CountedCandidate extends Candidate {
  readonly count: number
}

/**
 * Of indexes that leave equally many rows, the first. So the one on time, whose rows come in order, goes
 * before those out of order wherever these are too many to count.
 */
function cheapest(candidates: readonly CountedCandidate[]): Candidate {
  return candidates.reduce((best, candidate) => (candidate.count < best.count ? candidate : best))
}

/** Counts the rows of a plan, up to one more than anybody wants to know. */
export function countRows(database: DatabaseSync, plan: Plan): number {
  const { from, to, values } = plan
  const row = database.prepare(countSql(plan)).get({ from, to, ...values })
  return Number(row?.['rows'])
}

/** The statement that counts the rows of a plan. */
export function countSql(plan: Plan): string {
  return `SELECT count(*) AS rows FROM (SELECT 1 ${fromSql(plan, plan.states)} LIMIT ${countMax + 1})`
}

/** The end of a statement about rows of a plan in some states. */
export function fromSql({ index, isInOrder, where }: Plan, states: readonly number[]): string {
  // Looking into an index once for each of many texts and each state would be too often: the plus
  // sign keeps SQLite from it.
  const state = isInOrder ? 'state' : '+state'
  return `FROM calls INDEXED BY ${index}
    WHERE ${state} IN (${states.join(', ')}) AND time >= :from AND time < :to
    ${where === '' ? '' : `AND ${where}`}`
}

function wholeTime(time: number | undefined, otherwise: number): number {
  if (time === undefined || !Number.isFinite(time)) return otherwise
  return Math.max(-timeMax, Math.min(timeMax, Math.ceil(time)))
}
