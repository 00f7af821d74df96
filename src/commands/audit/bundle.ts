import { parseArgs } from 'node:util'
import { writeBundle, type Bundle } from '../../audit/bundle/write-bundle.ts'
import { readMoment } from '../../audit/filter/time-option.ts'
import { readKeys } from '../../audit/verify/trusted-keys.ts'
import { printable } from '../../identify/printable.ts'
import { UsageError } from '../explain/usage-error.ts'
import { paintFor, type Terminal } from '../terminal.ts'
import { explainFailure } from './failure.ts'
import { journalPlace } from './journal-place.ts'
import { createProgress, type ProgressStream } from './progress.ts'

const options = {
  from: { type: 'string' },
  to: { type: 'string' },
  out: { type: 'string' },
  policy: { type: 'string', multiple: true },
  key: { type: 'string', multiple: true },
  config: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const

/**
 * `sallyport audit bundle`: writes an archive with the evidence for a period. Exit codes: 0 done, 1 done, and
 * the journal has problems or the end of the period is not signed, 2 no archive.
 */
export async function auditBundle(
  args: readonly string[],
  terminal: Terminal,
  stream: ProgressStream = process.stderr,
): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  const progress = createProgress(stream)
  try {
    const { out, config, policy = [], key = [] } = values
    const period = { from: timeOf('from', values.from), to: timeOf('to', values.to) }
    if (period.from >= period.to) throw new UsageError('--from is not before --to')
    if (out === undefined) throw new UsageError('name the archive with --out FILE.tar.gz')
    const { environment, version } = terminal
    const bundle = await writeBundle({
      directory: await journalPlace({ named: positionals, config, environment }),
      period,
      out,
      policyFiles: policy,
      keys: readKeys(key),
      version,
      onProgress: values.json ? undefined : progress.show,
    })
    progress.clear()
    const print = values.json ? printJson : printText
    print(bundle, out, terminal)
    return bundle.report.ok && bundle.manifest.is_closed ? 0 : 1
  } catch (error) {
    progress.clear()
    terminal.err(`sallyport audit bundle: ${explainFailure(error)}`)
    return 2
  }
}

function timeOf(option: string, text: string | undefined): number {
  const time = text === undefined ? undefined : readMoment(text, Date.now())
  if (time !== undefined) return time
  throw new UsageError(`say with --${option} when, such as 2026-11-01, 2026-11-01T09:00:00Z or 30d`)
}

function printJson({ manifest, report, unusedPolicies }: Bundle, out: string, terminal: Terminal) {
  const { is_closed: isClosed, entries, contents, policies } = manifest
  const ok = report.ok && isClosed
  const answer = { ok, file: out, is_closed: isClosed, entries, contents, policies }
  const more = { unused_policies: unusedPolicies, journal: manifest.journal }
  terminal.out(JSON.stringify({ ...answer, ...more }, undefined, 2))
}

function printText({ manifest, report, unusedPolicies }: Bundle, out: string, terminal: Terminal) {
  const paint = paintFor(terminal)
  const { entries, contents, policies, is_closed: isClosed, keys } = manifest
  const calls = `${contents.calls_allowed} calls allowed, ${contents.calls_refused} refused`
  terminal.out(`${out}: entries ${entries.first_seq} to ${entries.last_seq}; ${calls}`)
  const warn = (text: string) => terminal.err(paint('yellow', `sallyport audit bundle: ${text}`))
  for (const { hash, file } of policies) {
    if (file === null)
      warn(`the policy ${printable(hash, 80)} was in force; give its file with --policy`)
  }
  for (const path of unusedPolicies) warn(`${path} is no policy that was in force in the period`)
  if (!isClosed) {
    warn(
      'no checkpoint came a minute after the period or later, so its end is not proven; make it again then, or end it earlier',
    )
  }
  if (!report.ok) {
    const count = `${report.problemCount} problem${report.problemCount === 1 ? '' : 's'}`
    warn(`the journal has ${count}; see sallyport audit verify`)
  }
  const [key = 'KEY'] = keys
  terminal.out(
    `verify it with: sallyport audit verify --bundle ${out} --key ${printable(key, 300)}`,
  )
}
