import { access } from './access.ts'
import { audit } from './audit.ts'
import { check } from './check.ts'
import { demo } from './demo.ts'
import { explain } from './explain.ts'
import { help } from './help.ts'
import { replay } from './replay.ts'
import { serve } from './serve.ts'
import type { Terminal } from './terminal.ts'
import { test } from './test.ts'

type Command = (args: readonly string[], terminal: Terminal) => Promise<number>

const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['serve', serve],
  ['check', check],
  ['test', test],
  ['access', access],
  ['explain', explain],
  ['replay', replay],
  ['audit', audit],
  ['demo', demo],
  ['help', help],
  ['version', async (_args, terminal) => (terminal.out(terminal.version), 0)],
])

/** Runs the command that the arguments name. Resolves with the exit code: 0 fine, 1 a problem, 2 wrong usage. */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = args
  const command = commands.get(alias(name))
  if (command === undefined) {
    terminal.err(`sallyport: no command is called ${name}; see sallyport help`)
    return 2
  }
  if (rest.includes('--help')) return help(rest, terminal)
  try {
    return await command(rest, terminal)
  } catch (error) {
    if (!isUsageError(error)) throw error
    terminal.err(`sallyport ${name}: ${error.message}`)
    return 2
  }
}

function alias(name: string | undefined): string {
  if (name === undefined || name === '--help' || name === '-h') return 'help'
  return name === '--version' ? 'version' : name
}

/** What `parseArgs` throws for options that do not exist or lack their value. */
function isUsageError(error: unknown): error is Error {
  return (
    error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')
  )
}
