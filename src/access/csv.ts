import { whereOf } from './cells.ts'
import type { AccessMatrix } from './rows.ts'

const header = [
  'rule',
  'section',
  'issuer',
  'who',
  'over',
  'where',
  'role',
  'verbs',
  'workflow_types',
  'task_queues',
  'workflow_ids',
  'handlers',
  'guards_off',
  'cautions',
] as const

type Line = Readonly<Record<string, string | readonly string[]>>

/** The matrix as CSV, RFC 4180, for spreadsheets. Denials are rows of the section `denials`. */
export function accessCsv({ rows, denials }: AccessMatrix): string {
  const granted = rows.map((row): Line => {
    const { narrowing, ...rest } = row
    return { ...rest, ...narrowing, where: whereOf(row) }
  })
  const denied = denials.map(({ denial, ...rest }): Line => ({
    rule: denial,
    section: 'denials',
    ...rest,
  }))
  const lines = [...granted, ...denied].map((line) =>
    header.map((column) => cell(line[column])).join(','),
  )
  return [header.join(','), ...lines].join('\r\n')
}

/**
 * Where a spreadsheet would take what follows for a formula: at the beginning of a cell, and behind
 * whatever begins a cell in some languages, since quotes do not help there. See the CSV of entries.
 */
const formula = /(?<=^|[;\t\r\n])(?=[\s"]*[=+\-@＝＋－＠\t\r])/gu

function cell(value: Line[string] | undefined): string {
  const text = [value ?? ''].flat().join('; ')
  const inert = text.replaceAll(formula, "'")
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert
}
