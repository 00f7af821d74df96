import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { lastWords, outsideTap, root, runOutsideTap } from './outside-tap.ts'

export type Tool = 'go-peers' | 'python-caller' | 'java-caller' | 'grpcurl'

/** The folder of a tool; or, as `missing`, why it cannot be had, which is why a test is skipped. */
export interface FoundTool {
  readonly folder: string
  readonly missing: string | false
}

/** Finds a tool, and builds it if that was not done yet: minutes, the first time. */
export async function findTool(tool: Tool): Promise<FoundTool> {
  try {
    const script = `${root}scripts/install-differential-tools.sh`
    return { folder: (await runOutsideTap(root, 'sh', script, tool)).stdout.trim(), missing: false }
  } catch (error) {
    return { folder: '', missing: `no ${tool}: ${lastWords(error as Error)}` }
  }
}

/** Whether a command of Debian's is there. */
export async function findCommand(command: string): Promise<{ readonly missing: string | false }> {
  const isThere = await runOutsideTap(root, 'sh', '-c', `command -v ${command}`).then(
    () => true,
    () => false,
  )
  return { missing: isThere ? false : `no ${command}: install it with apt` }
}

/** Runs a program that reads JSON and writes JSON, outside of tap; rejects with what it complained of. */
export async function askProgram<T>(command: readonly string[], question: object): Promise<T> {
  const [env, ...flags] = outsideTap
  const child = spawn(env, [...flags, ...command], { stdio: 'pipe', timeout: 120_000 })
  child.stdin.on('error', () => undefined)
  child.stdin.end(JSON.stringify(question))
  const ended = once(child, 'exit') as Promise<[number | null]>
  const [answer, complaints, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    ended,
  ])
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${complaints}`)
  return JSON.parse(answer) as T
}
