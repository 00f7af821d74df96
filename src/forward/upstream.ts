import { credentials as grpcCredentials, type ChannelCredentials } from '@grpc/grpc-js'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import type { UpstreamSettings } from '../config/settings.ts'
import type { Logger } from '../log.ts'
import { createChannels } from './channels.ts'
import { createForward, type Forward } from './forward.ts'
import { createUpstreamCredential } from './upstream-credential.ts'

/** The Temporal frontend that calls go to. */
export interface Upstream {
  readonly forward: Forward
  /** Why the upstream cannot be reached at the moment, or undefined when it can. Opens a connection to see. */
  readonly trouble: () => Promise<string | undefined>
  readonly close: () => void
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
}): Upstream {
  const { upstream, log } = parts
  const credentials = channelCredentials(upstream.tls)
  const credential = createUpstreamCredential({ credential: upstream.credential, log })
  const channels = createChannels({
    address: upstream.address,
    credentials,
    ...(upstream.tls?.serverName !== undefined && { serverName: upstream.tls.serverName }),
  })
  return {
    forward: createForward({ channels, credential }),
    trouble: () => probe(upstream.address),
    close: () => {
      credential.close()
      channels.close()
    },
  }
}

function channelCredentials(tls: UpstreamSettings['tls']): ChannelCredentials {
  if (tls === undefined) return grpcCredentials.createInsecure()
  const read = (file: string | undefined) => (file === undefined ? null : readFileSync(file))
  return grpcCredentials.createSsl(read(tls.caFile), read(tls.keyFile), read(tls.certFile))
}

/** Connects and hangs up. Cheaper for the upstream than a call, and it needs no right there. */
function probe(address: string): Promise<string | undefined> {
  const at = address.lastIndexOf(':')
  const host = address.slice(0, at).replace(/^\[(.*)\]$/, '$1')
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(address.slice(at + 1)), timeout: probeTimeoutMs })
    const end = (trouble: string | undefined) => {
      socket.destroy()
      resolve(trouble)
    }
    socket.once('connect', () => end(undefined))
    socket.once('timeout', () => end(`no answer within ${probeTimeoutMs} ms`))
    socket.once('error', (error) => end(error.message))
  })
}
