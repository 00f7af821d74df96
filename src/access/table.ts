import { limitsOf, whereOf } from './cells.ts'
import type { AccessMatrix } from './rows.ts'

const columns = ['RULE', 'WHO', 'WHERE', 'MAY', 'LIMITED TO', 'LOOK AT'] as const

/** Longest line of a cell; a longer word is left whole. */
const lineLengthMax = 34

/** The matrix as a table for a terminal, each cell over as many lines as it needs. */
export function accessTable({ policyHash, rows, denials }: AccessMatrix): string {
  const granted = rows.map((row) => [
    [row.rule, `(${row.section}, ${row.issuer})`],
    row.who,
    [whereOf(row)],
    [`${row.role}:`, row.verbs.join(', ')],
    limitsOf(row),
    row.cautions.map((caution) => `! ${caution}`),
  ])
  const denied = denials.map((row) => [
    [row.denial, `(denials, ${row.issuer ?? 'every issuer'})`],
    row.who,
    ['everywhere'],
    ['nothing, whatever rules say'],
    [],
    [],
  ])
  const title = columns.map((column) => [column])
  const body = [...granted, ...denied].map((cells) => cells.map((lines) => lines.flatMap(wrap)))
  const widths = widthsOf([title, ...body])
  const rule = widths.map((width) => '─'.repeat(width)).join('─┼─')
  const lines = body.flatMap((cells) => [rule, ...layOut(cells, widths)])
  return [...layOut(title, widths), ...lines, '', `policy ${policyHash}`].join('\n')
}

type Cells = readonly (readonly string[])[]

function widthsOf(table: readonly Cells[]): readonly number[] {
  return table.reduce<number[]>(
    (widths, cells) =>
      cells.map((lines, at) => Math.max(widths[at] ?? 0, ...lines.map(({ length }) => length))),
    [],
  )
}

function layOut(cells: Cells, widths: readonly number[]): string[] {
  const height = Math.max(...cells.map(({ length }) => length))
  return Array.from({ length: height }, (_, line) =>
    widths
      .map((width, at) => (cells[at]?.[line] ?? '').padEnd(width))
      .join(' │ ')
      .trimEnd(),
  )
}

function wrap(text: string): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > lineLengthMax) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
