import { segmentPaths } from '../../record/directory.ts'
import { firstSeqOf } from '../../record/segment-walk.ts'
import type { CallPlace } from './find-calls.ts'
import { withJournalLines, type FoundLine } from './journal-lines.ts'

/** The lines that the journal has about a call. */
export interface CallLines {
  readonly decision: FoundLine
  /** The same as the decision where both are one entry. */
  readonly completion: FoundLine | undefined
}

export interface CallLinesOptions {
  readonly directory: string
  /** Told of lines that are not where they were read, unless retention has removed them. */
  readonly addFault: (why: string) => void
}

/** Reads the lines of calls, and leaves out those whose decision is gone. */
export function readCallLines(
  { directory, addFault }: CallLinesOptions,
  calls: readonly CallPlace[],
): readonly CallLines[] {
  return withJournalLines(directory, ({ read }) => {
    const readOrTell = (seq: number, place: number): FoundLine | undefined => {
      const line = read(seq, place)
      if (line === undefined && !isRemoved(directory, seq)) {
        addFault(`entry ${seq} is no longer where it was read`)
      }
      return line
    }
    return calls.flatMap(({ seq, place, completionSeq, completionPlace }) => {
      const decision = readOrTell(seq, place)
      if (decision === undefined) return []
      if (completionSeq === undefined || completionPlace === undefined) {
        return [{ decision, completion: undefined }]
      }
      const isOne = completionSeq === seq
      return [
        { decision, completion: isOne ? decision : readOrTell(completionSeq, completionPlace) },
      ]
    })
  })
}

function isRemoved(directory: string, seq: number): boolean {
  const [first] = segmentPaths(directory)
  return first === undefined || firstSeqOf(first) > seq
}
