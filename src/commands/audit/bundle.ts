import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { writeBundle, type Bundle } from '../../audit/bundle/write-bundle.ts'
import { readMoment } from '../../audit/filter/time-option.ts'
import { readKeys } from '../../audit/verify/trusted-keys.ts'
import { printable } from '../../identify/printable.ts'
import { readInput } from '../explain/input-file.ts'
import { UsageError } from '../explain/usage-error.ts'
import { paintFor, type Terminal } from '../terminal.ts'
import { codeOf, explainFailure } from './failure.ts'
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
    const directory = await journalPlace({ named: positionals, config, environment })
    await checkFiles(out, policy)
    const bundle = await writeBundle({
      directory,
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

/** Says what would keep the archive from being written before the journal is read, which can take minutes. */
async function checkFiles(out: string, policies: readonly string[]): Promise<void> {
  for (const file of policies) await readInput('--policy', file)
  // With the separator at its end, a file is no directory.
  await access(`${dirname(out)}/`, constants.W_OK).catch((error: unknown) => {
    const code = String(codeOf(error))
    throw new UsageError(
      `--out ${out} cannot be written (${code}); name a file in a directory that you may write to`,
    )
  })
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
  if (contents.first_seq === null) {
    warn(
      `the period has no entries; the journal has some from ${printable(String(report.firstTime))} to ${printable(String(report.lastTime))}`,
    )
  }
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
