import { formatPath } from './check-shape.ts'
import { lintCodes, type LintCode } from './lint-codes.ts'
import type { PlacedProblem } from './problem.ts'
import type { YamlFile } from './yaml-file.ts'

/** Notes a problem at a path of a file: at the value there, or at its key. */
export type Report = (
  code: LintCode,
  path: readonly PropertyKey[],
  message: string,
  place?: 'value' | 'key',
) => void

/** Collects problems of one file, each at its place. */
export function createReport(yaml: YamlFile): {
  readonly problems: PlacedProblem[]
  readonly report: Report
} {
  const problems: PlacedProblem[] = []
  return {
    problems,
    report: (code, path, message, place = 'value') => {
      const { severity } = lintCodes[code]
      problems.push({
        code,
        severity,
        file: yaml.file,
        ...(place === 'key' ? yaml.atKey(path) : yaml.at(path)),
        path: formatPath(path),
        message,
      })
    },
  }
}
