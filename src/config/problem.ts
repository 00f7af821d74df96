/** One thing that is wrong with a file, said so that a person can mend it. */
export interface Problem {
  readonly file: string
  /** 1-based; absent where the file as a whole is meant. */
  readonly line?: number
  readonly column?: number
  /** Path of keys within the file, such as `machines[0].match.ref`. */
  readonly path: string
  /** What is wrong, and what to write instead. */
  readonly message: string
}

/** `file:line:column path: message`, the form that editors and CI logs can jump to. */
export function formatProblem({ file, line, column, path, message }: Problem): string {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`
  return path === '' ? `${place}: ${message}` : `${place} ${path}: ${message}`
}
