import { readFile } from 'node:fs/promises'
import { UsageError } from './usage-error.ts'

/** Reads a file that an option names. Throws a {@link UsageError} where it cannot be read. */
export async function readInput(option: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    throw new UsageError(`${option} ${file} cannot be read (${code}); check the path`)
  }
}

/** Reads a JSON file that an option names. Says nothing of its content, which may be a token. */
export async function readJson(option: string, file: string): Promise<unknown> {
  const text = await readInput(option, file)
  try {
    return JSON.parse(text)
  } catch {
    throw new UsageError(`${option} ${file} is not JSON; check it with a JSON parser`)
  }
}

/** Whether a JSON value is an object, and no list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
