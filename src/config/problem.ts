import type { LintCode } from './lint-codes.ts'

/** One thing that is wrong with a file, or that is likely not meant, said so that a person can mend it. */
export interface Problem {
  /** Stable, for tools: `docs/lint.md` has them all. */
  readonly code: LintCode
  /** An error keeps the file from being used; a warning does not. */
  readonly severity: 'error' | 'warning'
  readonly file: string
  /** 1-based; absent where the file as a whole is meant. */
  readonly line?: number
  readonly column?: number
  /** Path of keys within the file, such as `machines[0].match.ref`. */
  readonly path: string
  /** What is wrong, and what to write instead. */
  readonly message: string
}

/** A problem that stands somewhere in particular. */
export type PlacedProblem = Problem & { readonly line: number; readonly column: number }

/** `file:line:column path: message [code]`, the form that editors and CI logs can jump to. */
export function formatProblem({
  code,
  severity,
  file,
  line,
  column,
  path,
  message,
}: Problem): string {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`
  const where = path === '' ? `${place}:` : `${place} ${path}:`
  const weight = severity === 'warning' ? ' warning:' : ''
  return `${where}${weight} ${message} [${code}]`
}
