import type { TestResult, TestRun } from '../core/policy-test.ts'
import { reasonOf } from './reason.ts'
import { formatCoverage, formatDecision, formatExpectation } from './wording.ts'

/** What every report is made of. */
export interface ReportParts {
  readonly run: TestRun
  /** The file of the tests. */
  readonly file: string
  /** Whether a rule, grant or denial that no test was decided by is a failure. */
  readonly requireCoverage: boolean
}

/** Makes a word stand out, where somebody looks at a terminal. */
export type Paint = (colour: 'green' | 'red', text: string) => string

/** Every test on a line, failures with their reason, and the coverage below. */
export function textReport({ run, file, requireCoverage }: ReportParts, paint: Paint): string {
  const failed = run.results.filter(({ passed }) => !passed).length
  const count = run.results.length
  const lacks = run.coverage.uncovered.length > 0
  const mark = lacks && requireCoverage ? paint('red', 'not ok') : undefined
  return [
    ...run.results.flatMap((result) => lines(result, file, paint)),
    '',
    `${count} test${count === 1 ? '' : 's'}, ${failed} failed`,
    `${mark ? `${mark}  ` : ''}${formatCoverage(run.coverage)}`,
  ].join('\n')
}

function lines({ test, passed, explanation }: TestResult, file: string, paint: Paint): string[] {
  if (passed) return [`${paint('green', 'ok')}      ${test.name}`]
  return [
    `${paint('red', 'not ok')}  ${test.name}`,
    `        ${file}:${test.line}:${test.column}`,
    `        expected  ${formatExpectation(test.expect)}`,
    `        came      ${formatDecision(explanation.decision)}`,
    `        because   ${reasonOf(explanation, test.expect)}`,
  ]
}
