import { countProblems, type ReportParts } from './report-parts.ts'

/** For programs: whether the files can be used, how many problems there are, and each with its code and place. */
export function jsonReport({ problems }: ReportParts): object {
  const counts = countProblems(problems)
  return { ok: counts.errors === 0, ...counts, problems }
}
