import type { EntryBody } from '../core/audit-entry.ts'
import type { Refusal } from '../core/refusal.ts'
import type { Logger } from '../log.ts'
import { makeDirectory } from './directory.ts'
import { createGroupCommit, type GroupCommit } from './group-commit.ts'
import { createLines } from './line.ts'
import { takeLock } from './lock.ts'
import { resume } from './resume.ts'
import { openSegment } from './segment.ts'
import { createSegmentWriter, type SegmentWriter } from './segment-writer.ts'
import { createUlids } from './ulid.ts'
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
  /** Writes what is queued and lets go of the directory. */
  readonly close: () => Promise<void>
}

export interface JournalOptions {
  /** Of this replica alone; made if it is missing. */
  readonly directory: string
  /** `synced`: on the disk before `append` resolves. `buffered`: with the operating system. */
  readonly durability: 'synced' | 'buffered'
  readonly replica: string
  readonly version: string
  /** What the `start` entry says beside the repair: the policy's hash, the settings in force. */
  readonly startFields?: Readonly<Record<string, unknown>>
  readonly log: Logger
  readonly now: () => number
}

/**
 * Opens the journal of an audit directory, repairs what a crash left, and records the start. Rejects
 * with an error that says what to do where the directory cannot be had or written.
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { directory, log, now } = options
  const explain = (error: unknown) => explainWriteFailure(error, directory)
  const { writer, repairedBytes } = await openWriter(options).catch((error: unknown) => {
    throw new Error(explain(error), { cause: error })
  })
  const commits = createGroupCommit({ ...writer, explain, log })
  const entry = (kind: 'start' | 'stop', fields = {}): EntryBody => {
    return { time: new Date(now()).toISOString(), kind, ...fields }
  }
  if (repairedBytes > 0) {
    log.warn({ directory, repaired_bytes: repairedBytes }, 'an audit entry cut short was removed')
  }
  const repaired = repairedBytes > 0 ? { repaired_bytes: repairedBytes } : {}
  const started = await commits.append(entry('start', { ...options.startFields, ...repaired }))
  if (!started.ok) {
    await commits.drain()
    writer.close()
    throw new Error(started.refusal.detail)
  }
  let closing: Promise<void> | undefined
  return {
    append: commits.append,
    enqueue: commits.enqueue,
    trouble: commits.trouble,
    close() {
      closing ??= close({ commits, writer, log, stop: entry('stop') })
      return closing
    },
  }
}

async function openWriter(options: JournalOptions) {
  const { directory, durability, replica, version, now } = options
  makeDirectory(directory)
  const lock = takeLock(directory)
  try {
    const { path, sizeBytes, head, repairedBytes } = await resume(directory)
    const segment = openSegment({ path, sizeBytes, durability })
    const lineAfter = createLines({ replica, version, newId: createUlids({ now }) })
    const writer = createSegmentWriter({ ...options, lock, segment, head, lineAfter })
    return { writer, repairedBytes }
  } catch (error) {
    lock.release()
    throw error
  }
}

interface Closing {
  readonly commits: GroupCommit
  readonly writer: SegmentWriter
  readonly log: Logger
  readonly stop: EntryBody
}

async function close({ commits, writer, log, stop }: Closing): Promise<void> {
  commits.enqueue(stop)
  const lost = await commits.drain()
  if (lost > 0) log.error({ lost }, 'audit entries could not be written before the end')
  writer.close()
}
