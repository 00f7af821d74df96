import type { EntryBody } from '../core/audit-entry.ts'
import type { Refusal } from '../core/refusal.ts'
import { createCheckpoints, type Checkpoints, type LastCheckpoint } from './checkpoints.ts'
import { createGroupCommit, type GroupCommit } from './group-commit.ts'
import type { OpenCount } from './open-calls.ts'
import { openFiles, type FilesOptions, type JournalFiles } from './opening.ts'
import { removeExpired } from './retention.ts'
import { signingKeyEntry } from './signing-key-entry.ts'
import { startEntries } from './start-entries.ts'
import { startUpkeep, type Upkeep } from './upkeep.ts'
import { explainWriteFailure } from './write-failure.ts'

/** Whether an entry was recorded; where it was not, the refusal of the call that it is about. */
export type Recorded = { readonly ok: true } | { readonly ok: false; readonly refusal: Refusal }

/** The durable, chained file of audit entries of one replica. */
export interface Journal {
  /** Resolves once the entry is as durable as the journal's mode says, or with `audit_unavailable`. Never rejects. */
  readonly append: (entry: EntryBody) => Promise<Recorded>
  /** Takes an entry that must not be lost and that nobody waits for; it is kept and retried until written. */
  readonly enqueue: (entry: EntryBody) => void
  /** Why entries cannot be written at the moment, or undefined when they can. */
  readonly trouble: () => string | undefined
  /** Number of the last entry that is as durable as the journal's mode says. */
  readonly durableSeq: () => number
  /** The same for other threads: one signed 64-bit integer. */
  readonly durable: SharedArrayBuffer
  readonly state: () => JournalState
  /** Writes what is queued and lets go of the directory. */
  readonly close: () => Promise<void>
}

/** What a journal holds. */
export interface JournalState {
  readonly segments: number
  readonly bytes: number
  /** Absent until this process has recorded one. */
  readonly checkpoint: LastCheckpoint | undefined
  /** Calls that were allowed and have not ended. */
  readonly open: OpenCount
}

/** The directory is of this replica alone, and made if it is missing. */
export interface JournalOptions extends FilesOptions {
  /** What the `start` entry says beside what the journal knows: hashes of policy and settings. */
  readonly startFields?: Readonly<Record<string, unknown>>
  /** How long entries are kept at least; for ever unless given. */
  readonly retentionMs?: number | undefined
  /** Number of the last entry that all exports have sent on; entries behind it do not expire. */
  readonly exportedSeq?: () => number
  /** Is given the note of each checkpoint once it is durable; must not take long. */
  readonly publish?: (note: string) => void
}

/**
 * Opens the journal of an audit directory, repairs what a crash left, and records the start. Rejects
 * with an error that says what to do where the directory cannot be had or written.
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { directory, durability, log, now } = options
  const explain = (error: unknown) => explainWriteFailure(error, directory)
  const files = await openFiles(options).catch((error: unknown) => {
    throw new Error(explain(error), { cause: error })
  })
  const { writer, durable, openCalls, complete } = files
  const commits = createGroupCommit({ write: writer.write, tryOut: writer.tryOut, explain, log })
  const startFields = { durability, ...options.startFields }
  const entries = startEntries({ ...files, startFields, directory, log, now })
  const started = await Promise.all(entries.map(commits.append))
  const failed = started.find(({ ok }) => !ok)
  if (failed && !failed.ok) {
    await commits.drain()
    writer.close()
    throw new Error(failed.refusal.detail)
  }
  const checkpoints = checkpointsOf(options, { files, commits })
  const upkeep = upkeepOf(options, { files, commits, checkpoints })
  let closing: Promise<void> | undefined
  return {
    append: commits.append,
    enqueue: commits.enqueue,
    trouble: commits.trouble,
    durableSeq: durable.seq,
    durable: durable.shared,
    state: () => ({
      segments: complete.count() + 1,
      bytes: complete.bytes() + writer.sizeBytes(),
      checkpoint: checkpoints?.last(),
      open: openCalls.state(),
    }),
    close() {
      closing ??= close(options, { files, commits, checkpoints, upkeep })
      return closing
    },
  }
}

interface Parts {
  readonly files: JournalFiles
  readonly commits: GroupCommit
  readonly checkpoints?: Checkpoints | undefined
}

function checkpointsOf(options: JournalOptions, { files, commits }: Parts) {
  const { publish = () => undefined } = options
  const { signing, writer, openCalls } = files
  if (signing === undefined) return undefined
  return createCheckpoints({ ...options, ...signing, ...writer, ...commits, openCalls, publish })
}

function upkeepOf(options: JournalOptions, { files, commits, checkpoints }: Parts): Upkeep {
  const { directory, retentionMs, exportedSeq = () => Infinity, log, now } = options
  const { signing, complete } = files

  /** What names the signing key may be in what goes, so it is named again. */
  const record = async (entry: EntryBody) => {
    if (signing)
      void commits.append(
        signingKeyEntry({ ...signing, previous: undefined, witnesses: [] }, now()),
      )
    const recorded = await commits.append(entry)
    // What is announced must be on the disk before anything goes, also in mode `buffered`.
    if (recorded.ok) await files.writer.sync()
    return recorded
  }
  return startUpkeep({
    checkpoints: checkpoints &&
      options.checkpoints && {
        intervalMs: options.checkpoints.intervalMs,
        write: checkpoints.write,
      },
    expire:
      retentionMs === undefined
        ? undefined
        : async () => {
            const expiry = { directory, retentionMs, exportedSeq, record, log, now }
            complete.removeOldest(await removeExpired(expiry))
          },
  })
}

async function close(
  { log, now }: JournalOptions,
  { files, commits, checkpoints, upkeep }: Parts & { readonly upkeep: Upkeep },
): Promise<void> {
  await upkeep.stop()
  commits.enqueue({ time: new Date(now()).toISOString(), kind: 'stop' })
  const last = checkpoints?.next()
  if (last) commits.enqueue(last.entry)
  const lost = await commits.drain()
  if (lost > 0) log.error({ lost }, 'audit entries could not be written before the end')
  else await last?.recorded()
  files.writer.close()
}
