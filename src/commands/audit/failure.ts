import { NoAnswer } from '../../audit/no-answer.ts'
import { UsageError } from '../explain/usage-error.ts'

/** The code of an error of the system, such as ENOENT, or undefined where it is another. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined
}

/** Says why a command has no answer. Throws what is no fault of the command line or of a file. */
export function explainFailure(error: unknown): string {
  if (error instanceof UsageError || error instanceof NoAnswer) return error.message
  const code = codeOf(error)
  if (code === undefined) throw error
  const { path } = error as NodeJS.ErrnoException
  if (code === 'EEXIST') return `${path} is there already; name another file`
  return `${path ?? 'a file of the journal'} cannot be read or written (${code})`
}
