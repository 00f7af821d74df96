/** Reads what waits for its turn. */
export interface Reader {
  /** Does so much work, or a little more, and returns how much it was. Whatever is left waits again. */
  readonly readOn: (work: number) => number
}

/** Header blocks of ordinary size that are read in one turn of the event loop, by all together: some 10 ms. */
const workPerTurn = 256
/** What one reader does at a time. */
const workMax = 32
const workMin = 2

/** What a group does at a time. Where there are very many, some have their part only in a later turn. */
const groupWorkMin = 8

/** Readers that take turns among themselves before others have to wait for them: those of one address, say. */
export class ReadGroup {
  readonly waiting: Reader[] = []
  /** Whether it has its place among the groups. */
  isListed = false
}

/** Groups in which somebody waits, in the order in which they come next. */
const groups: ReadGroup[] = []
/** How many turns there have been, and what was done in this one without waiting. */
let turn = 0
let done = 0
let isPlanned = false

function plan(): void {
  if (isPlanned) return
  isPlanned = true
  setImmediate(runTurn)
}

/** Lets groups do their parts, and begins the next turn. */
function runTurn(): void {
  isPlanned = false
  turn += 1
  done = 0
  const part = Math.max(groupWorkMin, workPerTurn / groups.length)
  let left = workPerTurn
  for (let count = groups.length; count > 0 && left > 0; count -= 1) {
    const group = groups.shift() as ReadGroup
    left -= runGroup(group, part)
    // Not before: who waits again has its place from here on.
    group.isListed = false
    list(group)
  }
  if (groups.length > 0) plan()
}

/** Lets the readers of a group read in the order in which they came, for as long as its part lasts. */
function runGroup(group: ReadGroup, part: number): number {
  const { waiting } = group
  const each = between(workMin, workMax, Math.floor(part / waiting.length))
  let work = 0
  while (work < part) {
    const reader = waiting.shift()
    if (reader === undefined) return work
    work += Math.max(1, reader.readOn(each))
  }
  return work
}

/** Gives a group in which somebody waits its place behind the others. */
function list(group: ReadGroup): void {
  if (group.isListed || group.waiting.length === 0) return
  group.isListed = true
  groups.push(group)
}

/**
 * What a reader may do in this turn without waiting. What comes on one connection may begin thousands of calls, on
 * many connections hundreds of thousands, and whoever has a single call would wait for all of them.
 */
export class Allowance {
  #turn = -1
  #spent = 0

  /** How much work may be done at once; none, or less, where it has to wait. */
  get left(): number {
    const spent = this.#turn === turn ? this.#spent : 0
    return Math.min(workMax - spent, workPerTurn - done)
  }

  /** Work was done without waiting. */
  spend(work: number): void {
    if (work === 0) return
    if (this.#turn !== turn) this.#spent = 0
    this.#turn = turn
    this.#spent += work
    done += work
    plan()
  }
}

/** Lets a reader read on when it is its turn. It must not wait already. */
export function waitInGroup(group: ReadGroup, reader: Reader): void {
  group.waiting.push(reader)
  list(group)
  plan()
}

function between(least: number, most: number, value: number): number {
  return Math.min(most, Math.max(least, value))
}
