import type { DatabaseSync } from 'node:sqlite'
import type { Names } from './names.ts'
import { kindOf } from './names.ts'

/** Rows that are removed at once: nobody waits long behind it. */
const rowsMax = 2_000

/** The columns whose texts come and go with the calls; of the others there are few. */
const passing = ['workflow', 'job'] as const

/**
 * Removes a few of the rows about entries before the first that the journal still has. Returns whether
 * there was anything to remove: then there may be more.
 */
export function purgeBefore(database: DatabaseSync, names: Names, firstSeq: number): boolean {
  const old = { before: firstSeq, max: rowsMax }
  const { changes } = database
    .prepare(
      'DELETE FROM calls WHERE seq IN (SELECT seq FROM calls WHERE seq < :before LIMIT :max)',
    )
    .run(old)
  if (Number(changes) === rowsMax) return true
  const removed = [
    'DELETE FROM sign_offs WHERE seq < :before',
    'DELETE FROM spans WHERE last_seq < :before',
    'DELETE FROM identities WHERE seq < :before',
  ].reduce(
    (sum, sql) => sum + Number(database.prepare(sql).run({ before: firstSeq }).changes),
    Number(changes),
  )
  if (removed === 0) return false
  for (const column of passing) {
    database
      .prepare(
        `DELETE FROM names WHERE kind = ? AND NOT EXISTS
           (SELECT 1 FROM calls INDEXED BY calls_${column} WHERE ${column} = names.id)`,
      )
      .run(kindOf(column))
  }
  names.forget()
  return true
}
