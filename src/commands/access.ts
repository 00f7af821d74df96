import { parseArgs } from 'node:util'
import { accessCsv } from '../access/csv.ts'
import { accessPage } from '../access/page.ts'
import { accessMatrix, type AccessMatrix } from '../access/rows.ts'
import { accessTable } from '../access/table.ts'
import { loadIssuersFor } from '../config/load-issuers.ts'
import { loadPolicy } from '../config/load.ts'
import { formatProblem, type Problem } from '../config/problem.ts'
import type { Terminal } from './terminal.ts'

const options = {
  config: { type: 'string' },
  policy: { type: 'string' },
  format: { type: 'string', default: 'table' },
  json: { type: 'boolean', default: false },
  namespace: { type: 'string' },
  date: { type: 'string' },
} as const

/** `sallyport access`: who may do what, as a matrix for people and for programs. */
export async function access(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values } = parseArgs({ args: [...args], options })
  const format = values.json ? 'json' : values.format
  const render = formats.get(format)
  if (render === undefined) {
    terminal.err('sallyport access: write --format table, csv, json or html')
    return 2
  }
  const service = await loadIssuersFor(values, terminal.environment)
  if (!service.ok) return fail(service.problems, format, terminal)
  const { issuers, policyFile: file } = service
  const loaded = await loadPolicy({ file, issuers })
  if (!loaded.ok) return fail(loaded.problems, format, terminal)
  const matrix = accessMatrix(loaded.policy, values.namespace)
  const date = values.date ?? new Date().toISOString().slice(0, 10)
  terminal.out(render({ matrix, file, date }))
  return 0
}

interface Parts {
  readonly matrix: AccessMatrix
  readonly file: string
  readonly date: string
}

const formats: ReadonlyMap<string, (parts: Parts) => string> = new Map([
  ['table', ({ matrix }: Parts) => accessTable(matrix)],
  ['csv', ({ matrix }: Parts) => accessCsv(matrix)],
  ['json', (parts: Parts) => JSON.stringify(jsonOf(parts), undefined, 2)],
  ['html', accessPage],
])

function jsonOf({ matrix, file }: Parts): object {
  return { file, policy_hash: matrix.policyHash, grants: matrix.rows, denials: matrix.denials }
}

function fail(problems: readonly Problem[], format: string, terminal: Terminal): number {
  if (format === 'json') {
    terminal.out(JSON.stringify({ ok: false, problems }, undefined, 2))
  } else for (const problem of problems) terminal.err(formatProblem(problem))
  return 1
}
