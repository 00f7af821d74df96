/** What can be wrong with a journal or a bundle. docs/audit-proofs.md explains each. */
export const problemCodes = [
  'not_an_entry',
  'incomplete_line',
  'changed',
  'wrong_seq',
  'missing_entries',
  'inserted',
  'misplaced',
  'duplicate_seq',
  'no_entries',
  'missing_segment',
  'missing_beginning',
  'segment_name',
  'segment_overlap',
  'bad_retention',
  'bad_checkpoint',
  'checkpoint_mismatch',
  'bad_signature',
  'unknown_key',
  'replaced_key',
  'bad_signing_key',
  'no_checkpoint',
  'no_decision_id',
  'duplicate_decision',
  'no_decision',
  'second_completion',
  'no_completion',
  'cut_off',
  'bad_bundle',
  'period_not_covered',
] as const

/** One of these, as reports name it. */
export type ProblemCode = (typeof problemCodes)[number]

/** A line of a journal, or of another file that is verified with it. */
export interface Place {
  /** Name of the file. */
  readonly segment: string
  /** From 1; absent where the whole file is meant. */
  readonly line: number | undefined
  readonly seq: number | undefined
  /** Lines that were read before this one, over all files: what problems are sorted by. */
  readonly order: number
}

/** One thing that is wrong, and where. */
export interface VerifyProblem {
  readonly segment: string
  readonly line: number | undefined
  readonly seq: number | undefined
  readonly code: ProblemCode
  readonly message: string
}

/** What was found to be wrong so far. */
export interface Problems {
  readonly add: (place: Place, code: ProblemCode, message: string) => void
  /** Number of all, also of those beyond the bound. */
  readonly count: () => number
  /**
   * The first hundred, in the order of the lines that they are about. Calls that do not pair come last: that
   * may only follow from what happened to another line.
   */
  readonly list: () => readonly VerifyProblem[]
}

/** Most problems that are told of: beyond that, a journal is no more damaged, only a report longer. */
const toldMax = 100

const consequences: ReadonlySet<ProblemCode> = new Set<ProblemCode>([
  'duplicate_decision',
  'no_decision',
  'second_completion',
  'no_completion',
])

/** Collects problems. Some are found long after their line, so more than are told of are kept. */
export function createProblems(): Problems {
  const kept: { readonly order: number; readonly rank: number; readonly problem: VerifyProblem }[] =
    []
  let count = 0

  function sorted() {
    return kept.sort((a, b) => a.rank - b.rank || a.order - b.order)
  }

  return {
    add({ order, segment, line, seq }, code, message) {
      count += 1
      const rank = consequences.has(code) ? 1 : 0
      kept.push({ order, rank, problem: { segment, line, seq, code, message } })
      if (kept.length > 10 * toldMax) sorted().length = toldMax
    },
    count: () => count,
    list: () =>
      sorted()
        .slice(0, toldMax)
        .map(({ problem }) => problem),
  }
}
