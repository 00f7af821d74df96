import type { ParsedLine } from '../verify/parsed-line.ts'
import type { WrittenLine } from '../verify/verification.ts'

/** From a moment on, and before another; milliseconds since the epoch. */
export interface Period {
  readonly from: number
  readonly to: number
}

/** A line at the beginning or end of a range. */
export interface RangeEnd {
  readonly seq: number
  readonly prev: string
  readonly written: WrittenLine
}

/** What a period holds. */
export interface PeriodContents {
  /** First and last entry of the period itself; absent where it has none. */
  readonly first: number | undefined
  readonly last: number | undefined
  readonly kinds: Readonly<Record<string, number>>
  readonly allowed: number
  readonly refused: number
}

/** The lines that show what happened in a period, and what they hold. */
export interface PeriodRange extends PeriodContents {
  readonly start: RangeEnd
  readonly end: RangeEnd
  /** Whether it ends with a checkpoint that was signed when the period was settled. */
  readonly isClosed: boolean
  /** Notes of checkpoints: the last of every hour, and the last of all. */
  readonly checkpoints: readonly string[]
  readonly policyHashes: readonly string[]
}

/** Finds the lines of a period while a journal is verified. */
export interface PeriodFinder {
  readonly take: (line: ParsedLine, written: WrittenLine) => void
  /** Undefined where the journal has no entries. */
  readonly finish: () => PeriodRange | undefined
}

const hourMs = 3_600_000

/**
 * How long a period must be over before it is complete: a call is recorded with the time of its first
 * header, and its message may take half a minute to arrive.
 */
export const settledAfterMs = 60_000

/**
 * The range begins with a checkpoint that was signed before the period, or with the journal: what stands
 * before a checkpoint was written before it, whatever its time. It ends with the first checkpoint that was
 * signed once the period was settled, or at an orderly stop behind it. Entries of the period may come
 * later still, such as completions that had to wait for the disk; then it ends behind those.
 */
export function createPeriodFinder({ from, to }: Period): PeriodFinder {
  /** The last checkpoint from before the period; the first line of all until there is one. */
  let opening: RangeEnd | undefined
  let start: RangeEnd | undefined
  let latest: RangeEnd | undefined
  let closing: RangeEnd | undefined
  let hasStopped = false
  const contents = createContents()
  const notes = new Map<number, string>()

  return {
    take(line, written) {
      const at = Date.parse(line.time)
      const here = { seq: line.seq, prev: line.prev, written }
      const isSettled = at >= to + settledAfterMs || (hasStopped && at >= to)
      hasStopped = line.kind === 'stop'
      opening ??= here
      if (at >= from) start ??= opening
      else if (written.isSigned) opening = here
      latest = here
      if (start === undefined) return
      if (at >= from && at < to) {
        contents.count(line)
        closing = undefined
      }
      if (at < to) contents.take(line)
      if (!written.isSigned || closing !== undefined) return
      notes.set(Math.floor(at / hourMs), String(line.entry['note']))
      if (isSettled) closing = here
    },
    finish() {
      const end = closing ?? latest
      if (opening === undefined || end === undefined) return undefined
      return {
        start: start ?? opening,
        end,
        isClosed: closing !== undefined,
        checkpoints: [...notes.values()],
        ...contents.upTo(end.seq),
      }
    },
  }
}

/** Counts what is in the period, and collects the policies that were in force. */
function createContents() {
  const kinds = new Map<string, number>()
  const policies = new Map<string, number>()
  let [allowed, refused] = [0, 0]
  let first: number | undefined
  let last: number | undefined
  return {
    count({ seq, kind, entry }: ParsedLine): void {
      first ??= seq
      last = seq
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
      const isWhole = kind === 'completion' && entry['level'] === 'completion'
      if (isWhole || (kind === 'decision' && entry['outcome'] === 'allowed')) allowed += 1
      else if (kind === 'decision') refused += 1
    },
    take({ seq, entry }: ParsedLine): void {
      const hash = entry['policy_hash']
      if (typeof hash === 'string' && !policies.has(hash)) policies.set(hash, seq)
    },
    upTo(end: number) {
      const hashes = [...policies].filter(([, seq]) => seq <= end).map(([hash]) => hash)
      return {
        first,
        last,
        kinds: Object.fromEntries([...kinds].sort(([a], [b]) => a.localeCompare(b))),
        allowed,
        refused,
        policyHashes: hashes,
      }
    },
  }
}
