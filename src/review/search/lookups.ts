import type { DatabaseSync } from 'node:sqlite'
import { placeOf, type CallPlace } from './find-calls.ts'

/** Where an entry's line is. */
export interface EntryPlace {
  readonly seq: number
  readonly place: number
}

const callColumns = 'seq, time, place, completion_seq, completion_place'

/** Sign-offs that are shown; each covers a period, so there are few. */
const signOffsMax = 1_000

/** Statements of the lookups, by what they find; a test looks at how SQLite runs them. */
export const lookupSql = {
  call: `SELECT ${callColumns} FROM calls INDEXED BY calls_decision
    WHERE decision_id = :id ORDER BY seq LIMIT 1`,
  decidedSince: `SELECT ${callColumns} FROM calls WHERE seq > :seq ORDER BY seq DESC LIMIT :max`,
  endedSince: `SELECT ${callColumns} FROM calls INDEXED BY calls_completion
    WHERE completion_seq > :seq ORDER BY completion_seq DESC LIMIT :max`,
  identity: `SELECT seq, place FROM identities
    WHERE token = :token AND seq < :seq ORDER BY seq DESC LIMIT 1`,
  signOffs: 'SELECT seq, place FROM sign_offs ORDER BY seq DESC LIMIT :max',
} as const

/** The place of a call's lines, by the name of its decision. */
export function placeOfCall(database: DatabaseSync, id: string): CallPlace | undefined {
  const row = database.prepare(lookupSql.call).get({ id })
  return row && placeOf(row)
}

/** Calls that have changed after an entry: the last that did, newest call first. */
export function placesSince(
  database: DatabaseSync,
  { seq, max }: { readonly seq: number; readonly max: number },
): readonly CallPlace[] {
  const decided = database.prepare(lookupSql.decidedSince).all({ seq, max }).map(placeOf)
  const ended = database.prepare(lookupSql.endedSince).all({ seq, max }).map(placeOf)
  const changed = new Map([...decided, ...ended].map((call) => [call.seq, call] as const))
  const changedAt = (call: CallPlace) => Math.max(call.seq, call.completionSeq ?? 0)
  return [...changed.values()]
    .sort((one, other) => changedAt(other) - changedAt(one))
    .slice(0, max)
    .sort((one, other) => other.seq - one.seq)
}

/** The place of the entry that says who a token was for, as a call's decision could know it. */
export function placeOfIdentity(
  database: DatabaseSync,
  { token, seq }: { readonly token: string; readonly seq: number },
): EntryPlace | undefined {
  const row = database.prepare(lookupSql.identity).get({ token, seq })
  return row && entryPlace(row)
}

/** The places of the newest sign-offs, newest first. */
export function placesOfSignOffs(database: DatabaseSync): readonly EntryPlace[] {
  return database.prepare(lookupSql.signOffs).all({ max: signOffsMax }).map(entryPlace)
}

function entryPlace(row: Readonly<Record<string, unknown>>): EntryPlace {
  return { seq: Number(row['seq']), place: Number(row['place']) }
}
