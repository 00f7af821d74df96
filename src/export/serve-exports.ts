import type { MessagePort } from 'node:worker_threads'
import type { ExportSettings } from '../config/audit-settings.ts'
import { createBackoff } from './backoff.ts'
import { openCursor } from './cursor.ts'
import type { ExportLog } from './export-log.ts'
import { openSink } from './open-sink.ts'
import { runExport, type ExportProgress } from './runner.ts'
import type { Sink } from './sink.ts'

/** What the thread of the exports is started with. */
export interface ExportOrders {
  readonly exports: readonly ExportSettings[]
  /** The journal's. */
  readonly directory: string
  /** One signed 64-bit integer: the number of the last durable entry. */
  readonly durable: SharedArrayBuffer
  readonly version: string
}

/** What the thread of the exports tells the service. */
export type ExportReport =
  | { readonly kind: 'progress'; readonly exports: readonly ExportProgress[] }
  | {
      readonly kind: 'log'
      readonly level: keyof ExportLog
      readonly fields: Readonly<Record<string, unknown>>
      readonly message: string
    }
  /** All is kept; the thread ends. */
  | { readonly kind: 'ended' }

const reportIntervalMs = 250

/** Runs all exports until any message comes through the port, and reports through it. */
export function serveExports(port: MessagePort, orders: ExportOrders): void {
  const { exports, directory, version } = orders
  const mark = new BigInt64Array(orders.durable)
  const report = (what: ExportReport) => port.postMessage(what)
  const write = (level: keyof ExportLog) => (fields: object, message: string) =>
    report({ kind: 'log', level, fields: { ...fields }, message })
  const log: ExportLog = { info: write('info'), warn: write('warn'), error: write('error') }
  const running = exports.map((settings) => {
    const { name } = settings
    return runExport({
      name,
      directory,
      sink: sinkOf(settings, version),
      cursor: openCursor({ directory, name, log }),
      durable: () => Number(Atomics.load(mark, 0)),
      backoff: createBackoff(),
      log,
      now: Date.now,
    })
  })
  const reportProgress = () =>
    report({ kind: 'progress', exports: running.map(({ progress }) => progress()) })
  const timer = setInterval(reportProgress, reportIntervalMs)

  async function end(): Promise<void> {
    await Promise.all(running.map(({ stop }) => stop()))
    clearInterval(timer)
    reportProgress()
    report({ kind: 'ended' })
    port.close()
  }

  port.once('message', () => void end())
}

/** An export that cannot be had must not take the others with it: its lag and its error show. */
function sinkOf(settings: ExportSettings, version: string): Sink {
  try {
    return openSink(settings, { version, now: Date.now })
  } catch (error) {
    return { deliver: () => Promise.reject(error), close: () => Promise.resolve() }
  }
}
