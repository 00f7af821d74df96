import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface Command {
  readonly file: string
  readonly args: readonly string[]
  /** The whole environment of the command: nothing is inherited. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Kills the command; the promise then rejects with the signal's reason. */
  readonly signal: AbortSignal
  readonly cwd?: string
  /** Kills the command, which then has failed like under timeout(1). */
  readonly timeoutMs?: number
  /** Told of each line as it comes, while the command still runs. */
  readonly onLine?: (line: string) => void
}

export interface CommandResult {
  /** As a shell has it: 127 when there is no such command, 124 when it took too long. */
  readonly exitCode: number
  /** Lines of standard output and standard error, in the order in which they came. */
  readonly lines: readonly string[]
}

/** Runs a command to its end and keeps what it printed. */
export async function runCommand(command: Command): Promise<CommandResult> {
  const { file, args, environment, signal, cwd, timeoutMs, onLine } = command
  signal.throwIfAborted()
  const child = spawn(file, args, { env: environment, cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = () => child.kill()
  signal.addEventListener('abort', kill, { once: true })
  const lines: string[] = []
  let late = false
  const giveUp = () => {
    late = true
    lines.push(`(no end after ${timeoutMs} ms)`)
    kill()
  }
  const timer = timeoutMs === undefined ? undefined : setTimeout(giveUp, timeoutMs)
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line)
      onLine?.(line)
    })
  }
  const exitCode = await new Promise<number>((resolve) => {
    child.once('error', (error) => {
      lines.push(error.message)
      resolve(127)
    })
    child.once('close', (code) => resolve(late ? 124 : (code ?? 1)))
  })
  clearTimeout(timer)
  signal.removeEventListener('abort', kill)
  signal.throwIfAborted()
  return { exitCode, lines }
}
