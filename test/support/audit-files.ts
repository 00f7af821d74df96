import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EntryBody } from '../../src/core/audit-entry.ts'
import { createLog, type Logger } from '../../src/log.ts'

/** An entry as it stands in a file. */
export type WrittenEntry = Readonly<Record<string, unknown>> & {
  readonly seq: number
  readonly prev: string
}

/** The lines of all segments of an audit directory, without their newlines, oldest first. */
export function linesIn(directory: string): readonly Buffer[] {
  const names = readdirSync(directory).filter((name) => name.endsWith('.jsonl'))
  return names.sort().flatMap((name) => splitLines(readFileSync(join(directory, name))))
}

export function entriesIn(directory: string): readonly WrittenEntry[] {
  return linesIn(directory).map((line) => JSON.parse(line.toString()) as WrittenEntry)
}

/** Entries that a journal writes about itself and its surroundings, whatever calls there are. */
const upkeep: ReadonlySet<unknown> = new Set([
  'start',
  'stop',
  'signing_key',
  'checkpoint',
  'issuer_keys',
  'retention',
])

/** Whether entries of a kind are about the journal and the service, not about calls. */
export function isUpkeep(kind: unknown): boolean {
  return upkeep.has(kind)
}

/** The entries of an audit directory that are about calls, and those that frame the service. */
export function framedEntriesIn(directory: string): readonly WrittenEntry[] {
  return entriesIn(directory).filter(({ kind }) =>
    kind === 'start' || kind === 'stop' ? true : !isUpkeep(kind),
  )
}

/** Bytes behind the last newline count as a line, so that nobody overlooks them. */
function splitLines(bytes: Buffer): readonly Buffer[] {
  const lines: Buffer[] = []
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf('\n', start)
    const end = newline < 0 ? bytes.length : newline
    lines.push(bytes.subarray(start, end))
    start = end + 1
  }
  return lines
}

/** A decision entry, short, with a name to find it by. */
export function sampleEntry(name: string | number): EntryBody {
  return { time: '2026-11-23T09:14:02.113Z', kind: 'decision', decision_id: `d-${name}` }
}

/** A log that keeps what it is told. */
export function keptLog(): {
  readonly log: Logger
  readonly lines: () => readonly Readonly<Record<string, unknown>>[]
  readonly messages: () => readonly unknown[]
} {
  const kept: Readonly<Record<string, unknown>>[] = []
  const destination = {
    write: (line: string) => void kept.push(JSON.parse(line) as Record<string, unknown>),
  }
  return {
    log: createLog({ level: 'debug', destination }),
    lines: () => kept,
    messages: () => kept.map((line) => line['msg']),
  }
}

/** Resolves once something holds; looks again every millisecond. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) {
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
}
