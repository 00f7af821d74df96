import { hash } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { segmentPaths } from '../../record/directory.ts'
import { parsedEntry } from '../../record/parsed-entry.ts'
import { segmentHolding } from '../../record/segment-walk.ts'
import { timeOf } from './entry-facts.ts'

/** The first and the last entry of a period. */
export interface PeriodEnds {
  /** Both 0 where no entry is in it. */
  readonly firstSeq: number
  readonly lastSeq: number
  /** SHA-256 of the last line, in hex, as the next line and checkpoints have it. */
  readonly head?: string
}

interface Span {
  readonly firstSeq: number
  readonly lastSeq: number
  readonly place: number
  readonly bytes: number
  readonly timeMin: number
  readonly timeMax: number
}

/**
 * The first and the last number of all entries of a period. Spans say which entries it can be; where a
 * period begins or ends within one, the journal says which it is.
 */
export function periodEnds(
  database: DatabaseSync,
  directory: string,
  period: { readonly from: number; readonly to: number },
): PeriodEnds {
  const spans = database
    .prepare('SELECT * FROM spans WHERE time_max >= :from AND time_min < :to ORDER BY first_seq')
    .all({ from: period.from, to: period.to })
    .map(spanOf)
  const seqsIn = (span: Span) => seqsWithin(directory, span, period)
  const firstOf = (
    all: readonly Span[],
    choose: (seqs: readonly number[]) => number | undefined,
  ) => {
    for (const span of all) {
      const seq = choose(seqsIn(span))
      if (seq !== undefined) return seq
    }
    return 0
  }
  const firstSeq = firstOf(spans, (seqs) => seqs[0])
  const lastSeq = firstOf(spans.toReversed(), (seqs) => seqs.at(-1))
  const span = spans.find((each) => each.firstSeq <= lastSeq && lastSeq <= each.lastSeq)
  const line =
    span && linesOf(directory, span).find((each) => parsedEntry(each)?.['seq'] === lastSeq)
  return { firstSeq, lastSeq, ...(line !== undefined && { head: hash('sha256', line) }) }
}

function spanOf(row: Readonly<Record<string, unknown>>): Span {
  return {
    firstSeq: Number(row['first_seq']),
    lastSeq: Number(row['last_seq']),
    place: Number(row['place']),
    bytes: Number(row['bytes']),
    timeMin: Number(row['time_min']),
    timeMax: Number(row['time_max']),
  }
}

/** The numbers of the entries of a span that are in the period; only its ends where all are. */
function seqsWithin(
  directory: string,
  span: Span,
  { from, to }: { readonly from: number; readonly to: number },
): readonly number[] {
  if (span.timeMin >= from && span.timeMax < to) return [span.firstSeq, span.lastSeq]
  return linesOf(directory, span).flatMap((line) => {
    const entry = parsedEntry(line) ?? {}
    const seq = Number(entry['seq'])
    const time = timeOf(entry)
    const isInside = seq >= span.firstSeq && seq <= span.lastSeq && time >= from && time < to
    return isInside ? [seq] : []
  })
}

/** None where the segment is gone: retention has taken it since. */
function linesOf(directory: string, { firstSeq, place, bytes }: Span): readonly string[] {
  const path = segmentHolding(segmentPaths(directory), firstSeq)
  if (path === undefined) return []
  const file = openSync(path, 'r')
  try {
    const block = Buffer.alloc(bytes)
    const bytesRead = readSync(file, block, 0, bytes, place)
    return block.toString('utf8', 0, bytesRead).split('\n')
  } finally {
    closeSync(file)
  }
}
