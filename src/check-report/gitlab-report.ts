import { lintCodes } from '../config/lint-codes.ts'
import { fingerprintsOf } from './fingerprint.ts'
import type { ReportParts } from './report-parts.ts'

/**
 * For the widget of merge requests, as an artifact of the kind `reports: codequality`.
 * <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>
 */
export function gitlabReport({ problems }: ReportParts): readonly object[] {
  const fingerprints = fingerprintsOf(problems)
  return problems.map((problem, index) => ({
    description: `${problem.path === '' ? '' : `${problem.path}: `}${problem.message}`,
    check_name: problem.code,
    content: { body: lintCodes[problem.code].fix },
    fingerprint: fingerprints[index],
    severity: problem.severity === 'error' ? 'critical' : 'minor',
    location: { path: problem.file, lines: { begin: problem.line ?? 1 } },
  }))
}
