import { parseArgs } from 'node:util'
import type { Filter } from '../../audit/filter/filter.ts'
import { filterOptions, readFilter } from '../../audit/filter/read-filter.ts'
import { createSelection } from '../../audit/filter/selection.ts'
import { csvHeader, csvRow } from '../../audit/format/csv.ts'
import { formatEntry } from '../../audit/format/format-entry.ts'
import { readJournal, seqBefore, type JournalEntry } from '../../audit/read-journal.ts'
import { didYouMean } from '../../config/did-you-mean.ts'
import { UsageError } from '../explain/usage-error.ts'
import type { Terminal } from '../terminal.ts'
import { openExportFile, standardOutput, type ExportTarget } from './export-target.ts'
import { faultNotes } from './fault-notes.ts'
import { journalPlace } from './journal-place.ts'
import { watchOutput, type OutputPipe } from './output-pipe.ts'

const options = {
  ...filterOptions,
  config: { type: 'string' },
  format: { type: 'string', default: 'native' },
  out: { type: 'string' },
} as const

interface Format {
  readonly header?: string
  readonly lineEnd: string
  readonly lineOf: (each: JournalEntry) => string
}

const formats: ReadonlyMap<string, Format> = new Map<string, Format>([
  ['native', { lineEnd: '\n', lineOf: ({ line }) => line }],
  ['ocsf', { lineEnd: '\n', lineOf: ({ line, entry }) => formatEntry('ocsf', line, entry) }],
  [
    'cloudevents',
    { lineEnd: '\n', lineOf: ({ line, entry }) => formatEntry('cloudevents', line, entry) },
  ],
  ['csv', { header: csvHeader, lineEnd: '\r\n', lineOf: ({ entry }) => csvRow(entry) }],
])

/**
 * `sallyport audit export`: entries in the form that somebody else reads. Exit codes: 0 fine, 1 the journal is
 * not as it was written, 2 wrong usage.
 */
export async function auditExport(args: readonly string[], terminal: Terminal): Promise<number> {
  const faults = faultNotes('export', terminal)
  const output = watchOutput(process.stdout)
  const exporting = exportEntries(args, terminal, { onFault: faults.note, output })
  const ended = exporting.then(faults.summary).catch(faults.failure)
  await Promise.allSettled([ended])
  await output.close()
  return ended
}

interface Surroundings {
  readonly onFault: (message: string) => void
  readonly output: OutputPipe
}

async function exportEntries(
  args: readonly string[],
  terminal: Terminal,
  { onFault, output }: Surroundings,
): Promise<void> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  const format = formatCalled(values.format)
  const read = readFilter(values, Date.now())
  if (!read.ok) throw new UsageError(read.problem)
  const { environment } = terminal
  const directory = await journalPlace({ named: positionals, config: values.config, environment })
  const target =
    values.out === undefined ? standardOutput(terminal, output) : await openExportFile(values.out)
  const { filter } = read
  const writing = { filter, format, directory, target, signal: output.signal, onFault }
  const count = await write(writing).catch(async (error: unknown) => {
    await target.discard()
    throw error
  })
  terminal.err(`${count} entries${values.out === undefined ? '' : ` in ${values.out}`}`)
  if (values.format === 'csv') {
    terminal.err("cells that a spreadsheet would take for a formula begin with a ' of ours")
  }
}

function formatCalled(name: string): Format {
  const format = formats.get(name)
  if (format) return format
  const known = [...formats.keys()]
  const hint = didYouMean(name, known) || `write one of ${known.join(', ')}`
  throw new UsageError(`--format ${name} is none that is known; ${hint}`)
}

interface Writing {
  readonly filter: Filter
  readonly format: Format
  readonly directory: string
  readonly target: ExportTarget
  readonly signal: AbortSignal
  readonly onFault: (message: string) => void
}

/** Writes batch by batch. Resolves with the number of entries. */
async function write(parts: Writing): Promise<number> {
  const { filter, format, directory, target, signal, onFault } = parts
  const select = createSelection(filter)
  const after = await seqBefore(directory, filter.from)
  let count = 0
  if (format.header !== undefined) await target.write(format.header + format.lineEnd)
  for await (const batch of readJournal({ directory, after, signal, onFault })) {
    const lines = batch.filter(({ entry }) => select(entry)).map(format.lineOf)
    count += lines.length
    if (lines.length > 0) await target.write(lines.map((line) => line + format.lineEnd).join(''))
  }
  await target.end()
  return count
}
