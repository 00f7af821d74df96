import type { Problem } from '../config/problem.ts'

/** What came of a check, for every form that it can be printed in. */
export interface ReportParts {
  /** Errors and warnings, by file; the names of files are as the reader would write them. */
  readonly problems: readonly Problem[]
  /** The text of each file that could be read, by its name. */
  readonly texts: ReadonlyMap<string, string>
  /** What to say of the files, where they are fine or have nothing but warnings. */
  readonly notes: readonly string[]
  /** The version of Sallyport that checked. */
  readonly version: string
}

/** How many errors and warnings there are. */
export function countProblems(problems: readonly Problem[]): {
  readonly errors: number
  readonly warnings: number
} {
  const errors = problems.filter(({ severity }) => severity === 'error').length
  return { errors, warnings: problems.length - errors }
}
