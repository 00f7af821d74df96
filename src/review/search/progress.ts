import type { DatabaseSync } from 'node:sqlite'

/** How far an index has got: its last entry, and where the line behind that one starts. */
export interface Progress {
  readonly seq: number
  readonly digest: string | undefined
  readonly nextPlace: number
}

/** Faults that are kept: the first says where to look, and `verify` finds all. */
const faultsMax = 100

/** How far an index is. */
export function readProgress(database: DatabaseSync): Progress {
  const row = database.prepare('SELECT seq, digest, next_place FROM progress').get()
  if (row === undefined) return { seq: 0, digest: undefined, nextPlace: 0 }
  return {
    seq: Number(row['seq']),
    digest: String(row['digest']),
    nextPlace: Number(row['next_place']),
  }
}

/** Notes how far an index is, in the transaction that brings it there. */
export function writeProgress(database: DatabaseSync, progress: Progress): void {
  const { seq, digest = '', nextPlace } = progress
  database
    .prepare('INSERT OR REPLACE INTO progress (id, seq, digest, next_place) VALUES (1, ?, ?, ?)')
    .run(seq, digest, nextPlace)
}

/** Keeps a fault of the journal, so that whoever looks later is told of it, too. */
export function writeFault(database: DatabaseSync, why: string): void {
  database
    .prepare(
      `INSERT INTO faults (why) SELECT :why
       WHERE (SELECT count(*) FROM faults) < :max AND :why NOT IN (SELECT why FROM faults)`,
    )
    .run({ why, max: faultsMax })
}

/** The first fault that was found, or undefined where none was. */
export function firstFault(database: DatabaseSync): string | undefined {
  const row = database.prepare('SELECT why FROM faults ORDER BY id LIMIT 1').get()
  return row && String(row['why'])
}
