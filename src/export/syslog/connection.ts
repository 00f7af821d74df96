import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { connect, type TLSSocket } from 'node:tls'

export interface ConnectionOptions {
  readonly host: string
  readonly port: number
  readonly caFile: string | undefined
  readonly certFile: string | undefined
  readonly keyFile: string | undefined
}

/** A TLS connection that is written to and never read from. */
export interface Connection {
  readonly isOpen: () => boolean
  /** Resolves when the system has all of it. Rejects when the connection breaks or the signal says so. */
  readonly write: (bytes: Uint8Array, signal: AbortSignal) => Promise<void>
  /** Resolves when the connection has lasted so long since it was made. Rejects as `write` does. */
  readonly outlast: (ms: number, signal: AbortSignal) => Promise<void>
  /** Lets the other side read to the end, within a bound. */
  readonly end: () => Promise<void>
  readonly destroy: () => void
}

const keepAliveMs = 30_000
const endTimeoutMs = 1_000

/**
 * Connects, with files that are read now. The other side's certificate must be for the host and, where a
 * CA bundle is given, chain to it; otherwise to an authority that Node knows. TLS 1.2 or 1.3.
 */
export async function openConnection(
  { host, port, caFile, certFile, keyFile }: ConnectionOptions,
  signal: AbortSignal,
): Promise<Connection> {
  const [ca, cert, key] = await Promise.all([caFile, certFile, keyFile].map(readOptional))
  // Set, since Node lets a variable of the environment switch it off.
  const checks = { rejectUnauthorized: true, minVersion: 'TLSv1.2' } as const
  const socket = connect({ host, port, ...checks, ...compact({ ca, cert, key }) })
  const breaking = watch(socket)
  const broken = breaking.signal
  const connected = new Promise<void>((resolve) => socket.once('secureConnect', resolve))
  const destroy = () => {
    breaking.abort(new Error('the connection was ended'))
    socket.destroy()
  }
  try {
    await unless(AbortSignal.any([signal, broken]), connected)
  } catch (error) {
    destroy()
    throw error
  }
  // A receiver that is gone without a word is noticed, and one that is leaving, too.
  socket.setKeepAlive(true, keepAliveMs).resume()
  const since = performance.now()

  return {
    isOpen: () => !broken.aborted,
    write(bytes, signal) {
      const written = new Promise<void>((resolve, reject) => {
        socket.write(bytes, (error) => (error ? reject(error) : resolve()))
      })
      return unless(AbortSignal.any([signal, broken]), written)
    },
    async outlast(ms, signal) {
      const waitMs = since + ms - performance.now()
      if (waitMs <= 0) return
      const over = AbortSignal.any([signal, broken])
      await unless(over, delay(waitMs, undefined, { signal: over }))
    },
    async end() {
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
      if (socket.closed) return
      socket.end()
      await unless(AbortSignal.timeout(endTimeoutMs), closed).catch(() => undefined)
      destroy()
    },
    destroy,
  }
}

/** Aborted with why when the connection is of no use any more; also keeps errors from being thrown. */
function watch(socket: TLSSocket): AbortController {
  const broken = new AbortController()
  socket.on('error', (error) => broken.abort(error))
  for (const event of ['end', 'close']) {
    socket.on(event, () => broken.abort(new Error('the connection was closed by the other side')))
  }
  return broken
}

/** Rejects with the signal's reason as soon as it is aborted, whatever becomes of the work. */
async function unless(signal: AbortSignal, work: Promise<void>): Promise<void> {
  const aborted = Promise.withResolvers<never>()
  const onAbort = () => aborted.reject(signal.reason)
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort)
  try {
    await Promise.race([aborted.promise, work])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

async function readOptional(file: string | undefined): Promise<string | undefined> {
  return file === undefined ? undefined : readFile(file, 'utf8')
}

function compact(files: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
  )
}
