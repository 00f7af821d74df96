import { connect } from 'node:net'
import type { UpstreamSettings } from '../config/settings.ts'
import { parseAddress } from '../core/address.ts'
import type { Logger } from '../log.ts'
import { createConnect } from './connect.ts'
import { Deadlines } from './deadlines.ts'
import { createForward, type Forward } from './forward.ts'
import { Sessions, type SessionEvent } from './sessions.ts'
import { createUpstreamCredential } from './upstream-credential.ts'

/** The Temporal frontend that calls go to. */
export interface Upstream {
  readonly forward: Forward
  /** Why the upstream cannot be reached at the moment, or undefined when it can. Opens a connection to see. */
  readonly trouble: () => Promise<string | undefined>
  readonly state: () => UpstreamState
  readonly close: () => void
}

/** How the connections stand, by what they carry, and what has happened to them since the start. */
export interface UpstreamState {
  readonly polls: Sessions['counts']
  readonly others: Sessions['counts']
  readonly events: ReadonlyMap<SessionEvent, number>
}

/** How long the upstream may take to accept a connection before it counts as away, in milliseconds. */
const probeTimeoutMs = 2_000

/**
 * Builds what forwards calls. An upstream that is away does not keep it from being built.
 *
 * @throws when a file that the settings name cannot be read.
 */
export function createUpstream(parts: {
  readonly upstream: UpstreamSettings
  readonly log: Logger
  /** Milliseconds since the epoch; the system's clock unless given. */
  readonly now?: () => number
}): Upstream {
  const { upstream, log, now = Date.now } = parts
  const connect = createConnect({ upstream, log })
  const credential = createUpstreamCredential({ credential: upstream.credential, log })
  const deadlines = new Deadlines(now)
  const events = new Map<SessionEvent, number>()
  const observe = (event: SessionEvent) => void events.set(event, (events.get(event) ?? 0) + 1)
  const sessions = {
    polls: new Sessions({ connect, observe }),
    others: new Sessions({ connect, observe }),
  }
  return {
    forward: createForward({
      sessions,
      deadlines,
      credential,
      scheme: upstream.tls === undefined ? 'http' : 'https',
      authority: upstream.tls?.serverName ?? upstream.address,
      now,
    }),
    trouble: () => probe(upstream.address),
    state: () => ({ polls: sessions.polls.counts, others: sessions.others.counts, events }),
    close: () => {
      credential.close()
      deadlines.close()
      sessions.polls.close()
      sessions.others.close()
    },
  }
}

/** Connects and hangs up. Cheaper for the upstream than a call, and it needs no right there. */
function probe(address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ ...parseAddress(address), timeout: probeTimeoutMs })
    const end = (trouble: string | undefined) => {
      socket.destroy()
      resolve(trouble)
    }
    socket.once('connect', () => end(undefined))
    socket.once('timeout', () => end(`no answer within ${probeTimeoutMs} ms`))
    socket.once('error', (error) => end(error.message))
  })
}
