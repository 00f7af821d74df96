import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'

export interface CliResult {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs `temporal` with these arguments, to its end. */
export type RunCli = (...args: readonly string[]) => Promise<CliResult>

/**
 * The real CLI as it runs in a fresh container: nothing but these variables, and an empty home, so
 * that neither this machine's settings nor those of tap can help it.
 */
export function createCli(
  t: Test,
  options: { readonly cli: string; readonly variables: Readonly<Record<string, string>> },
): RunCli {
  const home = mkdtempSync(join(tmpdir(), 'sallyport-home-'))
  t.teardown(() => rmSync(home, { recursive: true, force: true }))
  const env = { HOME: home, ...options.variables }
  return (...args) =>
    new Promise((resolve) => {
      const limits = { timeout: 60_000, maxBuffer: 32 * 1024 * 1024 }
      execFile(options.cli, args, { env, ...limits }, (error, stdout, stderr) => {
        const code = error?.code ?? 1
        const exitCode = error === null ? 0 : typeof code === 'number' ? code : 127
        resolve({ exitCode, stdout, stderr })
      })
    })
}
