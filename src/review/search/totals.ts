import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import type { Search, Totals } from '../review-index.ts'
import type { OpenIndex } from './filling.ts'
import type { Names } from './names.ts'
import { fromSql, planOf, type Plan } from './plan.ts'
import { states } from './schema.ts'

interface Sums {
  allowed: number
  refused: number
}

/** Everything that is summed up while the rows of a search go by. */
interface Tally {
  readonly whole: Sums
  readonly projects: Map<number, Sums>
  readonly codes: Map<number, number>
  readonly parts: readonly Sums[]
  readonly start: number
  readonly step: number
}

const partsMax = 60
const projectsMax = 10

/** Sums up what a search finds. One walk over the rows gives all sums. */
export function totalsOf({ database, names }: OpenIndex, search: Search): Totals {
  const { start, end } = periodOf(database, search)
  const tally = newTally(start, end)
  const plan = planOf(database, names, search)
  if (plan !== undefined) {
    // Rows are grouped here: SQLite would sort all of them for each kind of sum.
    database.aggregate('tally', {
      start: 0,
      step(_, project, state, code, time, weight) {
        addTo(tally, project, state, code, Number(time), Number(weight))
        return 0
      },
    })
    const { from, to, values } = plan
    database.prepare(totalsSql(plan)).get({ from, to, ...values })
  }
  return shown(tally, names, end)
}

/** The statement that hands all rows of a plan to the function that sums up. */
export function totalsSql(plan: Plan): string {
  return `SELECT tally(project, state, code, time, weight) ${fromSql(plan, plan.states)}`
}

/** Adds a row, of which there may be half a million: nothing is made anew for one. */
function addTo(
  { whole, projects, codes, parts, start, step }: Tally,
  project: SQLOutputValue,
  state: SQLOutputValue,
  code: SQLOutputValue,
  time: number,
  weight: number,
): void {
  const side = state === states.refused ? 'refused' : 'allowed'
  whole[side] += weight
  const part = parts[Math.floor((time - start) / step)]
  if (part !== undefined) part[side] += weight
  if (typeof project === 'number') {
    let sums = projects.get(project)
    if (sums === undefined) projects.set(project, (sums = { allowed: 0, refused: 0 }))
    sums[side] += weight
  }
  if (typeof code === 'number') codes.set(code, (codes.get(code) ?? 0) + weight)
}

function newTally(start: number, end: number): Tally {
  const step = Math.max(1, Math.ceil((end - start) / partsMax))
  const count = Math.max(0, Math.ceil((end - start) / step))
  return {
    whole: { allowed: 0, refused: 0 },
    projects: new Map(),
    codes: new Map(),
    parts: Array.from({ length: count }, () => ({ allowed: 0, refused: 0 })),
    start,
    step,
  }
}

/** The period that is asked for; on a side where none is, that of the whole index. */
function periodOf(database: DatabaseSync, { from, to }: Search): { start: number; end: number } {
  const ends = Object.values(states).map((state) =>
    database
      .prepare(
        `SELECT (SELECT min(time) FROM calls INDEXED BY calls_time WHERE state = :state) AS first,
           (SELECT max(time) FROM calls INDEXED BY calls_time WHERE state = :state) AS last`,
      )
      .get({ state }),
  )
  const known = ends.filter((row) => row !== undefined && row['first'] !== null)
  if (known.length === 0) return { start: 0, end: 0 }
  const first = Math.min(...known.map((row) => Number(row?.['first'])))
  const last = Math.max(...known.map((row) => Number(row?.['last'])))
  return { start: from ?? first, end: to ?? last + 1 }
}

function shown(tally: Tally, names: Names, end: number): Totals {
  const { whole, projects, codes, parts, start, step } = tally
  const callsOf = ({ allowed, refused }: Sums) => allowed + refused
  return {
    ...whole,
    projects: [...projects]
      .sort(([, one], [, other]) => callsOf(other) - callsOf(one))
      .slice(0, projectsMax)
      .map(([id, sums]) => ({ project: names.textOf(id), ...sums })),
    codes: [...codes]
      .sort(([, one], [, other]) => other - one)
      .map(([id, count]) => ({ code: names.textOf(id), count })),
    times: parts.map((sums, part) => {
      const from = start + part * step
      return { from, to: Math.min(end, from + step), ...sums }
    }),
  }
}
