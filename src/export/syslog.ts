import type { ExportFormat } from '../config/audit-settings.ts'
import { DeliveryFailure } from './delivery-failure.ts'
import type { Sink } from './sink.ts'
import { openConnection, type Connection, type ConnectionOptions } from './syslog/connection.ts'
import { syslogFrame } from './syslog/frame.ts'

export interface SyslogOptions extends ConnectionOptions {
  readonly format: ExportFormat
  readonly timeoutMs?: number
  readonly settleMs?: number
}

const timeoutDefaultMs = 10_000

/**
 * Receivers that do not want this client say so by closing, after the handshake and after they were
 * written to: with TLS 1.3 a certificate is only refused then. Nothing counts as taken before.
 */
const settleDefaultMs = 1_000

/**
 * Creates a sink that sends entries as syslog messages (RFC 5424) over one TLS connection (RFC 5425).
 * Syslog has no acknowledgement: a batch is taken when this machine's system has all of it.
 */
export function createSyslogSink(options: SyslogOptions): Sink {
  const { host, port, format } = options
  const { timeoutMs = timeoutDefaultMs, settleMs = settleDefaultMs } = options
  let connection: Connection | undefined

  async function send(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    if (connection?.isOpen() !== true) connection = await openConnection(options, signal)
    await connection.write(bytes, signal)
    await connection.outlast(settleMs, signal)
  }

  return {
    async deliver(batch, signal) {
      const frames = Buffer.concat(batch.map((exported) => syslogFrame(exported, format)))
      try {
        await send(frames, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]))
      } catch (error) {
        // Half a frame may be on its way, so that nothing can follow it.
        connection?.destroy()
        connection = undefined
        throw failureOf(`${host}:${port}`, error as Error, timeoutMs)
      }
    },
    async close() {
      await connection?.end()
    },
  }
}

function failureOf(place: string, { name, message }: Error, timeoutMs: number): DeliveryFailure {
  const isLate = name === 'TimeoutError'
  const why = isLate ? ` did not take it within ${timeoutMs / 1000} s` : `: ${message}`
  return new DeliveryFailure(`${place}${why}`)
}
