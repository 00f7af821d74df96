import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { FollowedLine } from '../../record/journal-position.ts'
import { parsedEntry } from '../../record/parsed-entry.ts'
import { factsOf, timeOf, type CallFacts, type EndFacts } from './entry-facts.ts'
import type { Names } from './names.ts'
import { nameColumns, states } from './schema.ts'
import { createSpans } from './spans.ts'

/** A line with the place of its first byte in its segment. */
export interface PlacedLine extends FollowedLine {
  readonly place: number
}

/** Puts entries into the index. */
export interface EntryWriter {
  /** Adds lines in their order, inside the transaction of the caller. */
  readonly add: (lines: readonly PlacedLine[]) => void
}

/** A call that may still be changed before it is written. */
interface PendingCall {
  readonly line: PlacedLine
  readonly time: number
  readonly facts: CallFacts
  completion: PlacedLine | undefined
  end: EndFacts | undefined
}

/** Makes the writer of an index. */
export function createEntryWriter(database: DatabaseSync, names: Names): EntryWriter {
  const statements = prepare(database)
  const spans = createSpans(database)

  function write({ line, time, facts, completion, end }: PendingCall): void {
    const ids = new Map(
      facts.names.map(({ column, text, also }) => [column, names.idOf(column, text, also)]),
    )
    if (end?.code !== undefined) ids.set('code', names.idOf('code', end.code))
    const state = facts.refused ? states.refused : (end?.state ?? states.open)
    statements.call.run(
      line.seq,
      time,
      state,
      facts.weight,
      line.place,
      completion?.seq ?? null,
      completion?.place ?? null,
      ...nameColumns.map((column): SQLInputValue => ids.get(column) ?? null),
      facts.decisionId ?? null,
    )
  }

  /** Of an entry whose decision was written before, as most are where calls come one by one. */
  function writeEnd(decisionId: string, { seq, place }: PlacedLine, end: EndFacts): void {
    const code = end.code === undefined ? null : names.idOf('code', end.code)
    statements.end.run(seq, place, end.state, code, decisionId)
  }

  function add(lines: readonly PlacedLine[]): void {
    // Most calls end within the lines that are read at once: their rows are written once.
    const pending: PendingCall[] = []
    const byId = new Map<string, PendingCall>()
    for (const line of lines) {
      // A line that is no entry is left to `verify` to name; here it only takes its place.
      const entry = parsedEntry(line.line.toString()) ?? {}
      const facts = factsOf(entry)
      const time = timeOf(entry)
      spans.add({ seq: line.seq, time, place: line.place, bytes: line.line.length + 1 })
      if (facts.kind === 'call') {
        const completion = facts.end && line
        const call = { line, time, facts, completion, end: facts.end }
        pending.push(call)
        if (facts.decisionId !== undefined) byId.set(facts.decisionId, call)
      } else if (facts.kind === 'end') {
        const call = byId.get(facts.decisionId)
        if (call === undefined) writeEnd(facts.decisionId, line, facts.end)
        else Object.assign(call, { completion: line, end: facts.end })
      } else if (facts.kind === 'identity') {
        statements.identity.run(facts.token, line.seq, line.place)
      } else if (facts.kind === 'sign_off') {
        statements.signOff.run(line.seq, line.place)
      }
    }
    for (const call of pending) write(call)
    spans.write()
  }
  return { add }
}

function prepare(database: DatabaseSync) {
  const columns = ['seq', 'time', 'state', 'weight', 'place', 'completion_seq']
  columns.push('completion_place', ...nameColumns, 'decision_id')
  const values = columns.map(() => '?').join(', ')
  return {
    call: database.prepare(
      `INSERT OR IGNORE INTO calls (${columns.join(', ')}) VALUES (${values})`,
    ),
    end: database.prepare(
      `UPDATE calls SET completion_seq = ?, completion_place = ?, state = ?, code = coalesce(?, code)
       WHERE decision_id = ? AND state = ${states.open}`,
    ),
    identity: database.prepare('INSERT OR REPLACE INTO identities VALUES (?, ?, ?)'),
    signOff: database.prepare('INSERT OR IGNORE INTO sign_offs VALUES (?, ?)'),
  }
}
