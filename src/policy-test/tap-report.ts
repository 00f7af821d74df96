import { reasonOf } from './reason.ts'
import type { ReportParts } from './text-report.ts'
import { formatCoverage, formatDecision, formatExpectation } from './wording.ts'

/** The run as TAP 14. <https://testanything.org/tap-version-14-specification.html> */
export function tapReport({ run, file, requireCoverage }: ReportParts): string {
  const points = run.results.map(({ test, passed, explanation }) => ({
    passed,
    name: test.name,
    diagnostics: {
      expected: formatExpectation(test.expect),
      actual: formatDecision(explanation.decision),
      reason: reasonOf(explanation, test.expect),
      at: `${file}:${test.line}:${test.column}`,
    },
  }))
  const coverage = formatCoverage(run.coverage)
  const covered = {
    passed: run.coverage.uncovered.length === 0,
    name: 'every rule, grant and denial decides a test',
    diagnostics: { reason: coverage },
  }
  const all = requireCoverage ? [...points, covered] : points
  const lines = all.flatMap(({ passed, name, diagnostics }, index) => {
    const point = `${passed ? 'ok' : 'not ok'} ${index + 1} - ${escape(name)}`
    return passed ? [point] : [point, '  ---', ...yamlLines(diagnostics), '  ...']
  })
  return ['TAP version 14', `1..${all.length}`, ...lines, `# ${escape(coverage)}`].join('\n')
}

/** A # would begin a directive such as TODO, which turns a failure into a success. */
function escape(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ').replaceAll(/[\\#]/g, String.raw`\$&`)
}

/** JSON strings are YAML as well, and never need more than a line. */
function yamlLines(fields: Readonly<Record<string, string>>): string[] {
  return Object.entries(fields).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`)
}
