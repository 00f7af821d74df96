import { appendFileSync } from 'node:fs'
import { chainedLine } from '../../scripts/journal-of-calls.ts'
import { createCallStream } from '../../scripts/made-calls.ts'
import type { EntryBody } from '../../src/core/audit-entry.ts'
import { advance, genesis } from '../../src/record/chain.ts'
import { segmentPath } from '../../src/record/directory.ts'
import { createUlids } from '../../src/record/ulid.ts'
import { openFilling, type Filling } from '../../src/review/search/filling.ts'
import { until } from './audit-files.ts'

/** Writes a journal that tests can say each entry of. */
export interface JournalByHand {
  readonly directory: string
  /** Appends entries to the newest segment, or to a new one. */
  readonly append: (bodies: readonly EntryBody[], where?: 'new_segment') => void
  /** What has been written, as it stands there. */
  readonly entries: readonly Readonly<Record<string, unknown>>[]
}

export function journalByHand(directory: string): JournalByHand {
  const ids = createUlids({ now: Date.now })
  const entries: Readonly<Record<string, unknown>>[] = []
  let head = genesis
  let path = segmentPath(directory, 1)
  return {
    directory,
    entries,
    append(bodies, where) {
      if (where === 'new_segment') path = segmentPath(directory, head.seq + 1)
      const lines = bodies.map((body) => {
        const line = chainedLine(head, ids.next(), body)
        head = advance(head, line.subarray(0, -1))
        entries.push(JSON.parse(line.toString()) as Record<string, unknown>)
        return line
      })
      appendFileSync(path, Buffer.concat(lines))
    },
  }
}

/** When made-up calls begin, and how long they take together. */
export const madeFrom = Date.UTC(2026, 10, 2)
export const madeSpanMs = 3_600_000

/** Entries of made-up calls, the same for the same seed. */
export function madeEntries(
  calls: number,
  readLevel: 'both' | 'completion' = 'both',
): readonly EntryBody[] {
  return [...createCallStream({ calls, seed: 7, startMs: madeFrom, spanMs: madeSpanMs, readLevel })]
}

/** Opens the index of a journal, and has it take in everything that is there. */
export async function filled(directory: string): Promise<Filling> {
  const filling = openFilling({ directory, durable: () => Infinity })
  const ending = new AbortController()
  const running = filling.run(ending.signal)
  await Promise.race([running, until(filling.isCaughtUp)])
  ending.abort()
  await running
  return filling
}

/** A decision entry with the fields that a test is about. */
export function decisionBody(fields: Readonly<Record<string, unknown>> = {}): EntryBody {
  return { time: timeText(0), kind: 'decision', outcome: 'allowed', ...fields }
}

/** A completion entry with the fields that a test is about. */
export function completionBody(id: string, fields: Readonly<Record<string, unknown>> = {}) {
  const common = { time: timeText(1), kind: 'completion', decision_id: id } as const
  return { ...common, outcome: 'completed', duration_ms: 1.5, ...fields }
}

/** The time so many milliseconds after the made-up beginning. */
export function timeText(afterMs: number): string {
  return new Date(madeFrom + afterMs).toISOString()
}
