import { parseArgs } from 'node:util'
import type { Filter } from '../../audit/filter/filter.ts'
import { filterOptions, readFilter } from '../../audit/filter/read-filter.ts'
import { createSelection } from '../../audit/filter/selection.ts'
import { readJournal, type JournalEntry } from '../../audit/read-journal.ts'
import { createEntryLines } from '../../audit/tail/entry-lines.ts'
import { lastEntries } from '../../audit/tail/last-entries.ts'
import { UsageError } from '../explain/usage-error.ts'
import { paintFor, type Terminal } from '../terminal.ts'
import { faultNotes } from './fault-notes.ts'
import { journalPlace } from './journal-place.ts'
import { watchOutput } from './output-pipe.ts'

const options = {
  ...filterOptions,
  config: { type: 'string' },
  lines: { type: 'string', short: 'n', default: '20' },
  follow: { type: 'boolean', short: 'f', default: false },
  json: { type: 'boolean', default: false },
} as const

/** Kinds that a person who looks on is not shown unless asked for: there is one every few seconds. */
const quietKinds: ReadonlySet<string> = new Set(['checkpoint', 'identity'])

const linesMax = 100_000

/**
 * `sallyport audit tail`: the last entries of a journal, and with `--follow` those that come. Exit codes: 0
 * fine, 1 the journal is not as it was written, 2 wrong usage.
 */
export async function auditTail(args: readonly string[], terminal: Terminal): Promise<number> {
  const faults = faultNotes('tail', terminal)
  const output = watchOutput(process.stdout)
  const tailing = tail(args, terminal, { onFault: faults.note, gone: output.signal })
  const ended = tailing.then(faults.summary).catch(faults.failure)
  await Promise.allSettled([ended])
  await output.close()
  return ended
}

interface Surroundings {
  readonly onFault: (message: string) => void
  /** Aborted when nobody reads what is written. */
  readonly gone: AbortSignal
}

async function tail(
  args: readonly string[],
  terminal: Terminal,
  { onFault, gone }: Surroundings,
): Promise<void> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  const count = countOf(values.lines)
  const read = readFilter(values, Date.now())
  if (!read.ok) throw new UsageError(read.problem)
  const isQuiet = !values.json && values.kind === undefined
  const filter: Filter = { ...read.filter, hidden: isQuiet ? quietKinds : new Set() }
  const { environment } = terminal
  const directory = await journalPlace({ named: positionals, config: values.config, environment })
  const signal = AbortSignal.any([gone, interruption(terminal)])
  const listing = values.json ? undefined : createEntryLines(paintFor(terminal))
  const show = ({ entry, line }: JournalEntry) => {
    for (const text of listing?.show(entry) ?? [line]) terminal.out(text)
  }
  const end = await lastEntries({
    directory,
    count,
    createSelect: () => createSelection(filter),
    from: filter.from,
    onEntry: (entry) => listing?.note(entry),
    onFault,
    signal,
  })
  if (signal.aborted) return
  for (const entry of end.entries) show(entry)
  if (values.follow) await follow({ directory, end, show, signal, onFault })
}

function countOf(text: string): number {
  const count = Number(text)
  if (/^\d+$/.test(text) && count <= linesMax) return count
  throw new UsageError(`-n ${text} is no number of entries; write 0 to ${linesMax}`)
}

interface Following {
  readonly directory: string
  readonly end: Awaited<ReturnType<typeof lastEntries>>
  readonly show: (entry: JournalEntry) => void
  readonly signal: AbortSignal
  readonly onFault: (message: string) => void
}

async function follow({ directory, end, show, signal, onFault }: Following): Promise<void> {
  const { seq: after, digest } = end.last
  const batches = readJournal({ directory, after, digest, follow: true, signal, onFault })
  for await (const batch of batches) {
    for (const each of batch) {
      if (end.select(each.entry)) show(each)
    }
  }
}

/** Aborted when somebody has seen enough. */
function interruption(terminal: Terminal): AbortSignal {
  const controller = new AbortController()
  terminal.onSignal(() => controller.abort())
  return controller.signal
}
