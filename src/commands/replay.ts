import { parseArgs } from 'node:util'
import { readEntries } from '../record/read-entries.ts'
import type { Flip } from '../replay/flips.ts'
import { jsonReport } from '../replay/json-report.ts'
import { replay as decideAgain } from '../replay/replay.ts'
import { textReport } from '../replay/text-report.ts'
import { loadSource } from './explain/policy-source.ts'
import { UsageError } from './explain/usage-error.ts'
import { paintFor, type Terminal } from './terminal.ts'

const options = {
  journal: { type: 'string', multiple: true },
  policy: { type: 'string' },
  config: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  json: { type: 'boolean', default: false },
  list: { type: 'boolean', default: false },
} as const

/**
 * `sallyport replay`: which recorded calls a policy would decide on otherwise. Exit codes: 0 none, 1 some,
 * 2 no answer.
 */
export async function replay(args: readonly string[], terminal: Terminal): Promise<number> {
  // `--journal a b` reads well, and a shell makes it of `--journal audit/*`.
  const parsed = parseArgs({ args: [...args], options, allowPositionals: true })
  const { values, positionals } = parsed
  const journals = [...(values.journal ?? []), ...positionals]
  try {
    if (values.policy === undefined) throw new UsageError('name the policy with --policy FILE')
    const since = timeOf('since', values.since) ?? -Infinity
    const until = timeOf('until', values.until) ?? Infinity
    const configFile = values.config ?? (journals.length > 0 ? undefined : 'sallyport.yaml')
    const source = await loadSource({ configFile, policyFile: values.policy }, terminal.environment)
    if (journals.length === 0 && source.journal !== undefined) journals.push(source.journal)
    const { policy, file: policyFile } = source
    const write = values.json ? (flip: Flip) => JSON.stringify(flip) : lineOf
    const onFlip = values.list ? (flip: Flip) => terminal.out(write(flip)) : undefined
    const entries = readEntries(journals)
    const report = await decideAgain({ policy, entries, since, until, onFlip })
    const parts = { report, policyFile, policyHash: policy.hash }
    terminal.out(
      values.json
        ? JSON.stringify(jsonReport(parts), undefined, 2)
        : textReport(parts, paintFor(terminal)),
    )
    return report.flips > 0 ? 1 : 0
  } catch (error) {
    terminal.err(`sallyport replay: ${explainFailure(error)}`)
    return 2
  }
}

/** One call that comes out otherwise, on one line. */
function lineOf({
  time,
  decisionId,
  from,
  to,
  rule,
  code,
  method,
  namespace,
  project,
}: Flip): string {
  const why = to === 'allowed' ? rule : code
  return [time, decisionId, `${from} -> ${to}`, why, method, namespace, project].join('  ')
}

function explainFailure(error: unknown): string {
  if (error instanceof UsageError) return error.message
  const { code, path } = error as NodeJS.ErrnoException
  if (code === undefined) throw error
  const journal = path === undefined ? 'the journal' : `the journal ${path}`
  return `${journal} cannot be read (${code}); name it with --journal`
}

function timeOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const time = Date.parse(text)
  if (!Number.isNaN(time)) return time
  throw new UsageError(`--${option} ${text} is no time; write one such as 2026-11-23T09:00:00Z`)
}
