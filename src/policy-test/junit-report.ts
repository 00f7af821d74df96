import { reasonOf } from './reason.ts'
import type { ReportParts } from './text-report.ts'
import { formatCoverage, formatDecision, formatExpectation } from './wording.ts'

interface Case {
  readonly name: string
  readonly line?: number
  readonly failure: { readonly message: string; readonly detail: string } | undefined
}

/** The run as JUnit XML, in the form that GitLab shows beside a merge request. */
export function junitReport({ run, file, requireCoverage }: ReportParts): string {
  const cases = run.results.map(({ test, passed, explanation }): Case => {
    const message = `expected ${formatExpectation(test.expect)}, came ${formatDecision(explanation.decision)}`
    const detail = `${file}:${test.line}:${test.column}\n${reasonOf(explanation, test.expect)}`
    return { name: test.name, line: test.line, failure: passed ? undefined : { message, detail } }
  })
  if (requireCoverage) cases.push(coverageCase(run.coverage))
  const failures = cases.filter(({ failure }) => failure).length
  const counts = `tests="${cases.length}" failures="${failures}" errors="0" skipped="0" time="0"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${escape(file)}" ${counts}>`,
    ...cases.map((one) => element(one, file)),
    '  </testsuite>',
    '</testsuites>',
  ].join('\n')
}

function coverageCase(coverage: ReportParts['run']['coverage']): Case {
  const message = 'a part of the policy decided no test'
  const failure = { message, detail: formatCoverage(coverage) }
  const name = 'every rule, grant and denial decides a test'
  return { name, failure: coverage.uncovered.length > 0 ? failure : undefined }
}

function element({ name, line, failure }: Case, file: string): string {
  const place = line === undefined ? '' : ` line="${line}"`
  const attributes = `classname="policy" name="${escape(name)}" file="${escape(file)}"${place} time="0"`
  if (failure === undefined) return `    <testcase ${attributes}/>`
  const { message, detail } = failure
  const inner = `<failure type="policy" message="${escape(message)}">${escape(detail)}</failure>`
  return `    <testcase ${attributes}>${inner}</testcase>`
}

/** For text and attributes alike. What XML 1.0 cannot hold at all, such as most control characters, is replaced. */
function escape(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\u{FFFD}')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
