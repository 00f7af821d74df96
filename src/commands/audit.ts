import { didYouMean } from '../config/did-you-mean.ts'
import { auditBundle } from './audit/bundle.ts'
import { auditExport } from './audit/export.ts'
import { auditShow } from './audit/show.ts'
import { auditTail } from './audit/tail.ts'
import { auditVerify } from './audit/verify.ts'
import type { Terminal } from './terminal.ts'

type Command = (args: readonly string[], terminal: Terminal) => Promise<number>

const commands: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['verify', auditVerify],
  ['tail', auditTail],
  ['show', auditShow],
  ['export', auditExport],
  ['bundle', auditBundle],
])

/** `sallyport audit`: reads journals, each part of it in a file of its own. Exit codes: 2 wrong usage, else the part's. */
export async function audit(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = args
  const command = commands.get(name ?? '')
  if (command !== undefined) return command(rest, terminal)
  const known = [...commands.keys()]
  const all = `write one of ${known.join(', ')}`
  const wrong =
    name === undefined ? all : `${name} is not one of its parts; ${didYouMean(name, known) || all}`
  terminal.err(`sallyport audit: ${wrong}`)
  return 2
}
