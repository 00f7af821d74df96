import type { RecordedEntry } from '../../core/recorded-call.ts'
import { segmentPaths } from '../../record/directory.ts'
import { firstSeqOf, segmentHolding } from '../../record/segment-walk.ts'
import { isDecision, isWholeCall, numberOf, textOf } from '../entry-facts.ts'
import { readJournal, type JournalEntry } from '../read-journal.ts'

/** What somebody asks for: a call by what its caller was told, or an entry by its id or its place. */
export type EntryName =
  | { readonly kind: 'decision'; readonly id: string }
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'seq'; readonly seq: number }

/** Reads a name of an entry, or returns undefined where it is none. */
export function entryName(text: string): EntryName | undefined {
  if (/^[1-9]\d{0,14}$/.test(text)) return { kind: 'seq', seq: Number(text) }
  if (/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(text)) return { kind: 'id', id: text }
  return /^d-[0-9A-Za-z-]{1,64}$/.test(text) ? { kind: 'decision', id: text } : undefined
}

/** One entry and what belongs to it. */
export interface FoundEntry {
  /** The entry itself; of a call, its decision. */
  readonly found: JournalEntry
  /** Where the entry is about a call. */
  readonly call: FoundCall | undefined
  /** The first checkpoint that covers everything shown, if there is one yet. */
  readonly checkpoint: JournalEntry | undefined
}

/** Everything that a journal has about a call. */
export interface FoundCall {
  readonly decision: JournalEntry
  /** Where the call was forwarded and has ended. Of calls with one entry, the same as the decision. */
  readonly completion: JournalEntry | undefined
  /** Who the caller was; absent where no token was verified, or the entry was removed. */
  readonly identity: JournalEntry | undefined
}

/** A line of the journal that a page shows, and what it is of. */
export interface ShownLine {
  readonly what: 'identity' | 'decision' | 'completion' | 'entry'
  readonly seq: number
  /** SHA-256 of the line, in hex. */
  readonly digest: string
}

/** The lines that belong to what was found, in their order. A call with one entry has one line for both. */
export function linesOf({ found, call }: Pick<FoundEntry, 'found' | 'call'>): readonly ShownLine[] {
  if (call === undefined) return [lineOf('entry', found)]
  const { identity, decision, completion } = call
  const isWhole = completion?.seq === decision.seq
  return [
    ...(identity ? [lineOf('identity', identity)] : []),
    lineOf('decision', decision),
    ...(completion && !isWhole ? [lineOf('completion', completion)] : []),
  ]
}

function lineOf(what: ShownLine['what'], { seq, digest }: JournalEntry): ShownLine {
  return { what, seq, digest }
}

export interface FindOptions {
  readonly directory: string
  readonly onFault: (message: string) => void
}

/** Finds an entry and what belongs to it, or undefined where the journal has no such entry. */
export async function findEntry(
  name: EntryName,
  options: FindOptions,
): Promise<FoundEntry | undefined> {
  const named = name.kind === 'decision' ? undefined : await namedEntry(name, options)
  const id = name.kind === 'decision' ? name.id : named && textOf(named.entry, 'decision_id')
  const call = id === undefined ? undefined : await findCall(id, options)
  const found = call?.decision ?? named
  if (found === undefined) return undefined
  const last = Math.max(found.seq, call?.completion?.seq ?? 0)
  return { found, call, checkpoint: await checkpointOver(last, options) }
}

async function namedEntry(
  name: Exclude<EntryName, { readonly kind: 'decision' }>,
  options: FindOptions,
): Promise<JournalEntry | undefined> {
  if (name.kind === 'seq') {
    const holding = segmentHolding(segmentPaths(options.directory), name.seq)
    const after = holding === undefined ? 0 : firstSeqOf(holding) - 1
    return first(options, after, `"seq":${name.seq},`, ({ seq }) => seq === name.seq)
  }
  return first(options, 0, name.id, ({ entry }) => entry['id'] === name.id)
}

async function findCall(id: string, options: FindOptions): Promise<FoundCall | undefined> {
  const isOfCall = ({ entry }: JournalEntry) => entry['decision_id'] === id
  const decision = await first(options, 0, id, (each) => isOfCall(each) && isDecision(each.entry))
  if (decision === undefined) return undefined
  const isForwarded = decision.entry['outcome'] === 'allowed'
  const completion = isWholeCall(decision.entry)
    ? decision
    : isForwarded
      ? await first(options, decision.seq, id, isOfCall)
      : undefined
  return { decision, completion, identity: await identityBefore(decision, options) }
}

/** The last identity entry of a decision's token before it. */
async function identityBefore(
  { entry, seq }: JournalEntry,
  options: FindOptions,
): Promise<JournalEntry | undefined> {
  const digest = textOf(entry, 'token_sha256')
  if (digest === undefined) return undefined
  let last: JournalEntry | undefined
  await first(options, 0, digest, (each) => {
    if (each.entry['kind'] === 'identity') last = each
    return each.seq >= seq
  })
  return last
}

function checkpointOver(seq: number, options: FindOptions): Promise<JournalEntry | undefined> {
  const covers = ({ kind, ...entry }: RecordedEntry) => {
    return kind === 'checkpoint' && (numberOf(entry, 'size') ?? 0) >= seq
  }
  return first(options, seq, '"checkpoint"', ({ entry }) => covers(entry))
}

/** The first entry behind a place that is meant. Only lines that have the text are parsed. */
async function first(
  { directory, onFault }: FindOptions,
  after: number,
  text: string,
  isMeant: (each: JournalEntry) => boolean,
): Promise<JournalEntry | undefined> {
  const isCandidate = (line: Buffer) => line.includes(text)
  for await (const batch of readJournal({ directory, after, onFault, isCandidate })) {
    const found = batch.find(isMeant)
    if (found) return found
  }
  return undefined
}
