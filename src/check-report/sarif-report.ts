import { pathToFileURL } from 'node:url'
import { isAbsolute, sep } from 'node:path'
import { lintCodes, type LintCode } from '../config/lint-codes.ts'
import type { Problem } from '../config/problem.ts'
import { fingerprintsOf } from './fingerprint.ts'
import type { ReportParts } from './report-parts.ts'

/**
 * For code-quality widgets and editors: SARIF 2.1.0.
 * <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>
 */
export function sarifReport({ problems, version }: ReportParts): object {
  const fingerprints = fingerprintsOf(problems)
  const results = problems.map((problem, index) => ({
    ...resultOf(problem),
    partialFingerprints: { 'sallyport/v1': fingerprints[index] },
  }))
  return {
    $schema:
      'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'sallyport', version, rules } },
        columnKind: 'utf16CodeUnits',
        results,
      },
    ],
  }
}

const codes = Object.keys(lintCodes) as LintCode[]

const rules = codes.map((id) => {
  const { severity, what, fix } = lintCodes[id]
  return {
    id,
    shortDescription: { text: what },
    help: { text: fix },
    defaultConfiguration: { level: severity },
  }
})

function resultOf(problem: Problem): object {
  const { code, severity, file, line, column, path, message } = problem
  const region = line !== undefined && { region: { startLine: line, startColumn: column ?? 1 } }
  return {
    ruleId: code,
    ruleIndex: codes.indexOf(code),
    level: severity,
    message: { text: path === '' ? message : `${path}: ${message}` },
    locations: [{ physicalLocation: { artifactLocation: { uri: uriOf(file) }, ...region } }],
  }
}

/** Relative where the file is below the working directory, so that a widget finds it in the repository. */
function uriOf(file: string): string {
  if (isAbsolute(file)) return pathToFileURL(file).href
  return file.split(sep).map(encodeURIComponent).join('/')
}
