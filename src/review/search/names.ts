import type { DatabaseSync } from 'node:sqlite'
import { nameText, wantedOf, type Wanted } from './name-text.ts'
import { nameColumns, type NameColumn } from './schema.ts'

/** The texts of an index, each kept once under a number. */
export interface Names {
  /** The number of a text, which gets one if it has none. */
  readonly idOf: (column: NameColumn, text: string, also?: string) => number
  /** The numbers of what a filter asks for, or `many` where there are more than `idsMax`. */
  readonly find: (column: NameColumn, filter: string) => readonly number[] | 'many'
  /** The text of a number, or else the second one; empty where there is no such number. */
  readonly textOf: (id: number) => string
  /** Forgets the numbers that it remembers, after a rollback or a removal. */
  readonly forget: () => void
}

/** How many texts of one kind are listed one by one; beyond that each row is tested instead. */
export const idsMax = 20_000

/** Texts that are remembered with their numbers while entries are read. */
const rememberedMax = 50_000

/** Makes the texts of an index accessible. */
export function createNames(database: DatabaseSync): Names {
  const select = database.prepare('SELECT id FROM names WHERE kind = ? AND text = ? AND also = ?')
  const insert = database.prepare('INSERT INTO names (kind, text, also) VALUES (?, ?, ?)')
  const text = database.prepare('SELECT text, also FROM names WHERE id = ?')
  let remembered = new Map<string, number>()

  function idOf(column: NameColumn, name: string, also = ''): number {
    const kind = kindOf(column)
    const key = `${kind} ${also.length} ${also}${name}`
    const known = remembered.get(key)
    if (known !== undefined) return known
    const values = [kind, nameText(name), nameText(also)] as const
    const id = Number(select.get(...values)?.['id'] ?? insert.run(...values).lastInsertRowid)
    if (remembered.size >= rememberedMax) remembered = new Map()
    remembered.set(key, id)
    return id
  }
  return {
    idOf,
    find(column, filter) {
      const wanted = wantedOf(filter)
      if (wanted === undefined) return []
      const { sql, values } = findStatement(wanted)
      const kind = kindOf(column)
      const rows = database.prepare(sql).all({ kind, limit: idsMax + 1, ...values })
      return rows.length > idsMax ? 'many' : [...new Set(rows.map(({ id }) => Number(id)))]
    },
    textOf(id) {
      const row = text.get(id)
      return String(row?.['text'] || row?.['also'] || '')
    },
    forget: () => {
      remembered = new Map()
    },
  }
}

/** The number under which the texts of a column are kept. */
export function kindOf(column: NameColumn): number {
  return nameColumns.indexOf(column)
}

/** The statement that finds names: both texts of each are looked at, through their own indexes. */
export function findStatement(wanted: Wanted): {
  readonly sql: string
  readonly values: Readonly<Record<string, string>>
} {
  const either = (condition: (text: string) => string) =>
    `SELECT id FROM names WHERE kind = :kind AND ${condition('text')}
     UNION ALL SELECT id FROM names WHERE kind = :kind AND also <> '' AND ${condition('also')}
     LIMIT :limit`
  if (wanted.kind === 'exact') {
    return { sql: either((text) => `${text} = :text`), values: { text: wanted.text } }
  }
  const { glob, start, end } = wanted
  const before = (text: string) => (end === undefined ? '' : `AND ${text} < :end`)
  return {
    sql: either((text) => `${text} >= :start ${before(text)} AND ${text} GLOB :glob`),
    values: { glob, start, ...(end !== undefined && { end }) },
  }
}
