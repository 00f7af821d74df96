import type { ServerHttp2Session } from 'node:http2'

export interface Sessions {
  readonly add: (session: ServerHttp2Session) => void
  /** Sends GOAWAY on every session; each ends when its last stream has. */
  readonly close: () => void
}

/**
 * How long a connection may be silent before it is closed. Callers ping every 30 s, and a long poll
 * is silent for 70 s, so only those that are gone reach this.
 */
const silenceMaxMs = 600_000

/** The HTTP/2 connections that are open, so that they can be told of the end. */
export function createSessions(): Sessions {
  const open = new Set<ServerHttp2Session>()
  return {
    add: (session) => {
      open.add(session)
      session.setTimeout(silenceMaxMs, () => session.close())
      session.once('close', () => open.delete(session))
      // A broken connection is the caller's affair; its calls end by themselves.
      session.on('error', () => session.destroy())
    },
    close: () => {
      for (const session of open) session.close()
    },
  }
}
