import { Worker } from 'node:worker_threads'
import type { ExportSettings } from '../config/audit-settings.ts'
import { createBackoff } from './backoff.ts'
import { exportedSeq } from './cursor-file.ts'
import { createDurableView } from './durable-view.ts'
import type { ExportLog } from './export-log.ts'
import type { ExportProgress } from './runner.ts'
import type { ExportOrders, ExportReport } from './serve-exports.ts'
import { keepThread, type Thread } from './thread.ts'
import { createTotals } from './totals.ts'

export interface ExportsOptions {
  readonly exports: readonly ExportSettings[]
  /** The journal's. */
  readonly directory: string
  /** Number of the last durable entry: one signed 64-bit integer that other threads see, or a way to ask. */
  readonly durable: SharedArrayBuffer | (() => number)
  readonly log: ExportLog
  readonly version: string
  readonly now?: () => number
}

/** How one export is doing. */
export interface ExportState {
  readonly name: string
  readonly deliveredSeq: number
  /** Durable entries that the other side has not taken yet. */
  readonly lagEntries: number
  /** Age of the oldest of them. */
  readonly lagSeconds: number
  /** Entries delivered and attempts that failed, since the service was started. */
  readonly delivered: number
  readonly failures: number
  readonly lastError: string | undefined
}

/** The exports of a service. */
export interface Exports {
  readonly states: () => readonly ExportState[]
  /** The last entry that all of them have sent on and remember; Infinity without exports. */
  readonly exportedSeq: () => number
  /** Tries to send on what is there for some seconds, and ends. To be called when the journal is closed. */
  readonly close: () => Promise<void>
}

/** Longer than each export takes by its own bound. */
const endTimeoutMs = 7_000

/** Starts all exports in one thread of their own. Without any, nothing is started. */
export function startExports(options: ExportsOptions): Exports {
  const { exports, directory, log, version, now = Date.now } = options
  const names = exports.map(({ name }) => name)
  const durable = createDurableView(options.durable)
  const totals = createTotals(names.map((name) => initialProgress(directory, name)))
  const thread = exports.length > 0 ? start() : undefined

  function start(): Thread {
    const orders: ExportOrders = { exports, directory, durable: durable.shared, version }
    // Beside this file there is the one as it was written, or the one it was compiled to.
    const file = new URL(import.meta.url.replace(/exports(\.[jt]s)$/, 'worker$1'))
    return keepThread<ExportReport>({
      start: () => new Worker(file, { workerData: orders, execArgv: [] }),
      onMessage(message) {
        if (message.kind === 'log') log[message.level](message.fields, message.message)
        if (message.kind === 'progress') totals.update(message.exports)
      },
      onCrash: totals.startOver,
      backoff: createBackoff(),
      log,
      endTimeoutMs,
    })
  }

  function stateOf(progress: ExportProgress): ExportState {
    const { waitingSince, ...rest } = progress
    const lagEntries = Math.max(0, durable.seq() - progress.deliveredSeq)
    const since = lagEntries === 0 ? undefined : waitingSince
    const lagSeconds = since === undefined ? 0 : Math.max(0, now() - since) / 1000
    return { ...rest, lagEntries, lagSeconds }
  }

  return {
    states: () => totals.current().map(stateOf),
    exportedSeq: () => exportedSeq(directory, names),
    async close() {
      durable.refresh()
      await thread?.close()
      durable.close()
    },
  }
}

/** Before the thread has said anything, what the cursor on the disk says. */
function initialProgress(directory: string, name: string): ExportProgress {
  const deliveredSeq = exportedSeq(directory, [name])
  const unknown = { lastError: undefined, waitingSince: undefined }
  return { name, deliveredSeq, delivered: 0, failures: 0, ...unknown }
}
