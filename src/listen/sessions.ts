import type { ServerHttp2Session } from 'node:http2'
import type { Socket } from 'node:net'

export interface Sessions {
  readonly add: (session: ServerHttp2Session) => void
  /** Remembers a connection that may not have become a session yet, or never does. */
  readonly addSocket: (socket: Socket) => void
  /** Sends GOAWAY on every session; each ends when its last stream has. */
  readonly close: () => void
  /** Cuts every connection, whatever it is in the middle of. */
  readonly cut: () => void
}

/**
 * How long a connection may be silent before it is closed. Callers ping every 30 s, and a long poll
 * is silent for 70 s, so only those that are gone reach this.
 */
const silenceDefaultMs = 600_000

/** The connections that are open, so that they can be told of the end. */
export function createSessions({ silenceMaxMs = silenceDefaultMs } = {}): Sessions {
  const open = new Set<ServerHttp2Session>()
  const sockets = new Set<Socket>()
  return {
    add: (session) => {
      open.add(session)
      session.setTimeout(silenceMaxMs, () => session.close())
      session.once('close', () => open.delete(session))
      // A broken connection is the caller's affair; its calls end by themselves.
      session.on('error', () => session.destroy())
    },
    addSocket: (socket) => {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
    },
    close: () => {
      for (const session of open) session.close()
    },
    cut: () => {
      for (const socket of sockets) socket.destroy()
    },
  }
}
