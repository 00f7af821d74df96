import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { parseArgs } from 'node:util'
import { verifyBundle } from '../../audit/bundle/verify-bundle.ts'
import { jsonReport } from '../../audit/verify/json-report.ts'
import type { PublishedFile } from '../../audit/verify/published.ts'
import type { VerifyReport } from '../../audit/verify/report.ts'
import { textReport } from '../../audit/verify/text-report.ts'
import { readKeys } from '../../audit/verify/trusted-keys.ts'
import { verifyJournal, type VerifyProgress } from '../../audit/verify/verify-journal.ts'
import { UsageError } from '../explain/usage-error.ts'
import { paintFor, type Terminal } from '../terminal.ts'
import { codeOf, explainFailure } from './failure.ts'
import { journalPlace } from './journal-place.ts'
import { createProgress, type ProgressStream } from './progress.ts'

const options = {
  key: { type: 'string', multiple: true },
  checkpoint: { type: 'string', multiple: true },
  bundle: { type: 'string' },
  config: { type: 'string' },
  from: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const

/**
 * `sallyport audit verify`: whether a journal, or a bundle, is whole and signed. Exit codes: 0 nothing is
 * wrong, 1 something is, 2 no answer.
 */
export async function auditVerify(
  args: readonly string[],
  terminal: Terminal,
  stream: ProgressStream = process.stderr,
): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  const progress = createProgress(stream)
  try {
    const report = await verify(values, positionals, {
      terminal,
      onProgress: values.json ? undefined : progress.show,
    })
    progress.clear()
    terminal.out(
      values.json
        ? JSON.stringify(jsonReport(report), undefined, 2)
        : textReport(report, paintFor(terminal)),
    )
    return report.ok ? 0 : 1
  } catch (error) {
    progress.clear()
    terminal.err(`sallyport audit verify: ${explainFailure(error)}`)
    return 2
  }
}

interface Values {
  readonly key?: readonly string[] | undefined
  readonly checkpoint?: readonly string[] | undefined
  readonly bundle?: string | undefined
  readonly config?: string | undefined
  readonly from?: string | undefined
}

interface Surroundings {
  readonly terminal: Terminal
  readonly onProgress: ((progress: VerifyProgress) => void) | undefined
}

async function verify(
  values: Values,
  positionals: readonly string[],
  { terminal, onProgress }: Surroundings,
): Promise<VerifyReport> {
  const keys = readKeys(values.key ?? [])
  const checkpoints = (values.checkpoint ?? []).map(publishedFile)
  if (values.bundle !== undefined) {
    if (positionals.length > 0 || values.from !== undefined) {
      throw new UsageError('--bundle is verified alone: leave out --from and the directory')
    }
    const { version } = terminal
    return verifyBundle({ file: values.bundle, version, keys, checkpoints, onProgress })
  }
  const { config } = values
  const { environment } = terminal
  const directory = await journalPlace({ named: positionals, config, environment })
  return verifyJournal({ directory, keys, checkpoints, onProgress, from: seqOf(values.from) })
}

function seqOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^[1-9][0-9]{0,14}$/.test(text)) return Number(text)
  throw new UsageError(`--from ${text} is no number of an entry; write one such as 4812`)
}

function publishedFile(file: string): PublishedFile {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`--checkpoint ${file} cannot be read (${String(codeOf(error))})`)
  }
  // A file that was emptied, or is not mounted, would otherwise turn the comparison off without a word.
  if (text.trim() !== '') return { name: basename(file), text }
  throw new UsageError(`--checkpoint ${file} is empty; give the file that a witness has kept`)
}
