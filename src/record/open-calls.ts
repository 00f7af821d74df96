import type { EntryBody } from '../core/audit-entry.ts'
import { BriefMap } from './brief-map.ts'

/** How many calls are open, and where the first of them was decided. */
export interface OpenCount {
  readonly count: number
  readonly oldestSeq: number | undefined
}

/** The calls that were allowed and have not ended yet. */
export interface OpenCalls {
  /** Follows entries that were recorded behind the one with this number. */
  readonly follow: (entries: readonly EntryBody[], seqBefore: number) => void
  /** What would be open if these entries, too, had been recorded. */
  readonly after: (entries: readonly EntryBody[], seqBefore: number) => OpenCount
  readonly state: () => OpenCount
}

/** Keeps the calls in the order of their decisions: a set and a delete for each call is all that it costs. */
export function createOpenCalls(): OpenCalls {
  const open = new BriefMap<unknown, number>()
  return {
    follow: (entries, seqBefore) => followIn(open, entries, seqBefore),
    after(entries, seqBefore) {
      const copy = open.copy()
      followIn(copy, entries, seqBefore)
      return counted(copy)
    },
    state: () => counted(open),
  }
}

function followIn(
  open: Pick<BriefMap<unknown, number>, 'delete'> & {
    readonly set: (id: unknown, seq: number) => unknown
  },
  entries: readonly EntryBody[],
  seqBefore: number,
): void {
  let seq = seqBefore
  for (const entry of entries) {
    seq += 1
    if (entry.kind === 'completion') open.delete(entry['decision_id'])
    else if (isOpening(entry)) open.set(entry['decision_id'], seq)
  }
}

/** Whether an entry lets a call begin, so that another has to say how it ended. */
export function isOpening(entry: Readonly<Record<string, unknown>>): boolean {
  return entry['kind'] === 'decision' && entry['outcome'] === 'allowed'
}

function counted(open: Pick<BriefMap<unknown, number>, 'size' | 'values'>): OpenCount {
  const [oldestSeq] = open.values()
  return { count: open.size, oldestSeq }
}
