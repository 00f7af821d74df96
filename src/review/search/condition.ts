import { wantedOf } from './name-text.ts'
import type { Names } from './names.ts'
import type { NameColumn } from './schema.ts'

/** What a filter asks of a row. */
export interface Condition {
  readonly column: NameColumn
  /** The numbers of the texts that fit, unless they are too many to list. */
  readonly ids: readonly number[] | 'many'
  /** For a WHERE clause, with the values that it names. Nothing of the filter's text is in it. */
  readonly sql: string
  readonly values: Readonly<Record<string, string | number>>
}

/** The condition of a filter, or undefined where no call has such a text. */
export function conditionOf(names: Names, column: NameColumn, text: string): Condition | undefined {
  const ids = names.find(column, text)
  if (ids === 'many') {
    const wanted = wantedOf(text)
    // An exact text is not many.
    const glob = wanted?.kind === 'pattern' ? wanted.glob : ''
    // Tested row by row, which is fast because so many fit.
    const sql = `(SELECT text GLOB :${column} OR also <> '' AND also GLOB :${column}
      FROM names WHERE names.id = calls.${column})`
    return { column, ids, sql, values: { [column]: glob } }
  }
  const [id] = ids
  if (id === undefined) return undefined
  if (ids.length === 1)
    return { column, ids, sql: `${column} = :${column}`, values: { [column]: id } }
  const sql = `${column} IN (SELECT value FROM json_each(:${column}))`
  return { column, ids, sql, values: { [column]: JSON.stringify(ids) } }
}
