import type { Socket } from 'node:net'
import { Connection } from '../../src/wire/connection.ts'
import type { ConnectionHandler } from '../../src/wire/connection-options.ts'
import { Transport } from '../../src/wire/transport.ts'

/** Limits of an end that trusts the other. */
const limits = {
  streamsMax: 100_000,
  headerListBytesMax: 64 * 1024,
  headerTableBytesMax: 4096,
  continuationsMax: 8,
  idleFramesPerSecondMax: Infinity,
  resetsPerSecondMax: Infinity,
  settingsPerSecondMax: Infinity,
  pingsPerSecondMax: Infinity,
  streamWindowBytes: 1024 * 1024,
  connectionWindowBytes: 64 * 1024 * 1024,
  pausedAboveBytes: 4 * 1024 * 1024,
  stoppedAboveBytes: 64 * 1024 * 1024,
  unreadMaxMs: 60_000,
}

export interface WireEnd<Context> {
  readonly connection: Connection<Context>
  /** Sends what was written, soon. */
  readonly wake: () => void
}

const nothing = () => undefined

/** One end of an HTTP/2 connection over a socket: the measured proxies are between two of these. */
export function createWireEnd<Context>(parts: {
  readonly socket: Socket
  readonly role: 'client' | 'server'
  readonly handler: Partial<ConnectionHandler<Context>>
  readonly onClosed?: (why: string | undefined) => void
}): WireEnd<Context> {
  const { socket, role, onClosed = nothing } = parts
  socket.setNoDelay(true)
  const handler: ConnectionHandler<Context> = {
    onHead: nothing,
    onData: nothing,
    onTrailers: nothing,
    onReset: nothing,
    onSent: nothing,
    onGoaway: nothing,
    onSettled: nothing,
    onSettings: nothing,
    onPong: nothing,
    onFailure: nothing,
    ...parts.handler,
  }
  const connection = new Connection<Context>({ role, limits, handler })
  const transport = new Transport({ socket, connection, limits, onClosed })
  return { connection, wake: () => transport.wake() }
}
