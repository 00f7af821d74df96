import { parseArgs } from 'node:util'
import { loadIssuersFor } from '../config/load-issuers.ts'
import { loadPolicy } from '../config/load.ts'
import { formatProblem, type Problem } from '../config/problem.ts'
import { jsonReport } from '../policy-test/json-report.ts'
import { junitReport } from '../policy-test/junit-report.ts'
import { tapReport } from '../policy-test/tap-report.ts'
import { textReport, type Paint, type ReportParts } from '../policy-test/text-report.ts'
import { runPolicyTests, testFileOf } from '../policy-tests.ts'
import { paintFor, type Terminal } from './terminal.ts'

const options = {
  config: { type: 'string' },
  policy: { type: 'string' },
  format: { type: 'string', default: 'text' },
  json: { type: 'boolean', default: false },
  'require-coverage': { type: 'boolean', default: false },
} as const

/** `sallyport test`: asks a policy about the calls of a test file, and says where it answers otherwise. */
export async function test(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  const format = values.json ? 'json' : values.format
  const report = reports(paintFor(terminal)).get(format)
  if (report === undefined || positionals.length > 1) {
    const wrong = report ? 'give one test file' : 'write --format text, tap or junit'
    terminal.err(`sallyport test: ${wrong}`)
    return 2
  }
  const service = await loadIssuersFor(values, terminal.environment)
  if (!service.ok) return fail(service.problems, format, terminal)
  const { issuers, policyFile } = service
  const loaded = await loadPolicy({ file: policyFile, issuers })
  if (!loaded.ok) return fail(loaded.problems, format, terminal)
  const file = positionals[0] ?? testFileOf(policyFile)
  const run = await runPolicyTests({ policy: loaded.policy, issuers, file })
  if (!run.ran) return fail(run.problems, format, terminal)
  const requireCoverage = values['require-coverage']
  terminal.out(report({ run, file, requireCoverage }))
  const isCovered = !requireCoverage || run.coverage.uncovered.length === 0
  return run.ok && isCovered ? 0 : 1
}

function reports(paint: Paint): ReadonlyMap<string, (parts: ReportParts) => string> {
  return new Map([
    ['text', (parts: ReportParts) => textReport(parts, paint)],
    ['tap', tapReport],
    ['junit', junitReport],
    ['json', (parts: ReportParts) => JSON.stringify(jsonReport(parts), undefined, 2)],
  ])
}

/** Files that cannot be used are no test result: in every format but JSON they go to standard error. */
function fail(problems: readonly Problem[], format: string, terminal: Terminal): number {
  if (format === 'json') {
    terminal.out(JSON.stringify({ ok: false, problems }, undefined, 2))
  } else for (const problem of problems) terminal.err(formatProblem(problem))
  return 1
}
