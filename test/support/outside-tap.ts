import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** The root of the checkout, with a slash at its end. */
export const root = new URL('../../', import.meta.url).pathname

/**
 * tap loads itself into every process that a test starts, by NODE_OPTIONS, and some tools fail under
 * it. This is a command line to put before theirs, so that they run as they do for a user.
 */
export const outsideTap = ['/usr/bin/env', '-u', 'NODE_OPTIONS'] as const

/** Runs a command to its end, and rejects with what it printed if that is not exit code 0. */
export async function runOutsideTap(
  cwd: string,
  ...command: readonly string[]
): Promise<{ stdout: string; stderr: string }> {
  const [env, ...flags] = outsideTap
  const PATH = `${root}node_modules/.bin:${process.env['PATH'] ?? ''}`
  return promisify(execFile)(env, [...flags, ...command], {
    cwd,
    env: { ...process.env, PATH },
    maxBuffer: 16 * 1024 * 1024,
  })
}

/** The last line that a failed command wrote to standard error: why a test is skipped. */
export function lastWords(error: { readonly stderr?: string; readonly message: string }): string {
  return (error.stderr ?? '').trim().split('\n').at(-1) || error.message
}
