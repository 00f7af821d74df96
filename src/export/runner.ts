import { setTimeout as delay } from 'node:timers/promises'
import { followJournal } from '../record/follow.ts'
import type { FollowedLine } from '../record/journal-position.ts'
import type { Backoff } from './backoff.ts'
import { batchOf } from './batch.ts'
import type { Cursor } from './cursor.ts'
import { beginning } from './cursor-file.ts'
import { createDelivery } from './delivery.ts'
import type { ExportLog } from './export-log.ts'
import { createReadingTrouble } from './reading-trouble.ts'
import type { ExportedEntry, Sink } from './sink.ts'

/** How far an export has come since it was started. */
export interface ExportProgress {
  readonly name: string
  readonly deliveredSeq: number
  /** Entries delivered, and attempts that failed. */
  readonly delivered: number
  readonly failures: number
  /** Why the last attempt failed; undefined once one has worked. */
  readonly lastError: string | undefined
  /** Time of the oldest entry that waits to be taken, in milliseconds since the epoch. */
  readonly waitingSince: number | undefined
}

export interface RunnerOptions {
  readonly name: string
  /** The journal's. */
  readonly directory: string
  readonly sink: Sink
  readonly cursor: Cursor
  /** Number of the last durable entry. */
  readonly durable: () => number
  readonly backoff: Backoff
  readonly log: ExportLog
  readonly now: () => number
  readonly flushTimeoutMs?: number
}

export interface RunningExport {
  readonly progress: () => ExportProgress
  /** Tries once more to deliver all that is there, within a bound, and keeps how far that came. */
  readonly stop: () => Promise<void>
}

/** Well under the time that a service is given to end. */
const flushTimeoutDefaultMs = 5_000

/**
 * Sends the entries of a journal on, in their order and each at least once, from where its cursor is.
 * What is not taken is sent again until it is. Never throws.
 */
export function runExport(options: RunnerOptions): RunningExport {
  const { name, directory, sink, cursor, durable, backoff, log, now } = options
  const ending = new AbortController()
  const over = new AbortController()
  const delivery = createDelivery<readonly ExportedEntry[]>({
    ...options,
    about: { export: name },
    deliver: sink.deliver,
    ending: ending.signal,
    over: over.signal,
  })
  const trouble = createReadingTrouble(name, log, now)

  /** False where the export ends before the lines are taken. */
  async function send(lines: readonly FollowedLine[]): Promise<boolean> {
    const { entries, end, since, unreadable } = batchOf(lines, cursor.position())
    for (const seq of unreadable)
      trouble.fault(new Error(`entry ${seq} of ${directory} is no JSON`))
    const measure = { count: entries.length, since: since ?? now() }
    const isTaken = entries.length === 0 || (await delivery.deliver(entries, measure))
    if (isTaken) cursor.moveTo(end)
    return isTaken
  }

  async function follow(): Promise<void> {
    const { seq: after, digest } = cursor.position()
    const position = digest === '' ? { after } : { after, digest }
    let isLastLook = false
    const onCaughtUp = () => {
      trouble.over()
      // The look that has just ended may have begun before the last entries were there.
      if (isLastLook) over.abort()
      isLastLook = ending.signal.aborted
    }
    const how = { directory, signal: over.signal, durable, onCaughtUp, onFault: trouble.fault }
    for await (const lines of followJournal({ ...how, ...position })) {
      if (!(await send(lines))) return
    }
  }

  async function run(): Promise<void> {
    for (;;) {
      try {
        await follow()
        return
      } catch (error) {
        if (trouble.stopped(error as Error)) cursor.moveTo(beginning)
        const { signal } = ending
        if (signal.aborted) return
        await delay(backoff.nextMs(), undefined, { signal }).catch(() => undefined)
      }
    }
  }

  const running = run()
  return {
    progress() {
      const state = delivery.state()
      const lastError = state.lastError ?? trouble.current()
      return { name, deliveredSeq: cursor.position().seq, ...state, lastError }
    },
    async stop() {
      ending.abort()
      const timeoutMs = options.flushTimeoutMs ?? flushTimeoutDefaultMs
      const timer = setTimeout(() => over.abort(), timeoutMs)
      await running
      clearTimeout(timer)
      await cursor.close()
      await sink.close().catch(() => undefined)
    },
  }
}
