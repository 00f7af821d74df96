import { readFileSync } from 'node:fs'
import { connect as connectPlain, type Socket } from 'node:net'
import {
  connect as connectTls,
  createSecureContext,
  type ConnectionOptions,
  type SecureContext,
} from 'node:tls'
import type { UpstreamSettings } from '../config/settings.ts'
import { parseAddress } from '../core/address.ts'
import type { Logger } from '../log.ts'

/** How long the upstream may take to accept a connection, TLS and all. */
const connectMaxDefaultMs = 10_000

type TlsSettings = NonNullable<UpstreamSettings['tls']>

/**
 * Makes what connects to the upstream: with TLS and ALPN, or in clear text where the settings say so.
 * Certificates are read again for each connection; those that cannot be used are logged, and the ones
 * before stay.
 *
 * @throws when a file that the settings name cannot be read, or does not fit the others, at the start.
 */
export function createConnect(parts: {
  readonly upstream: UpstreamSettings
  readonly log: Logger
  readonly connectMaxMs?: number
}): () => Promise<Socket> {
  const { upstream, log, connectMaxMs = connectMaxDefaultMs } = parts
  const { tls } = upstream
  const { host, port } = parseAddress(upstream.address)
  const target = { host, port, noDelay: true }
  if (tls === undefined) return () => opened(connectPlain(target), 'connect', connectMaxMs)
  const context = watchedContext(tls, log)
  const options: ConnectionOptions = {
    ...target,
    servername: tls.serverName ?? (isAddress(host) ? '' : host),
    ALPNProtocols: ['h2'],
  }
  return async () => {
    const socket = connectTls({ ...options, secureContext: context() })
    await opened(socket, 'secureConnect', connectMaxMs)
    if (socket.alpnProtocol === 'h2') return socket
    socket.destroy()
    throw new Error('the upstream does not speak HTTP/2 on its TLS port (no h2 by ALPN)')
  }
}

/** SNI carries names only: RFC 6066, section 3. */
function isAddress(host: string): boolean {
  return host.includes(':') || /^[0-9.]+$/.test(host)
}

/** Gives the certificates as they stand in their files now, or as they last could be used. */
function watchedContext(tls: TlsSettings, log: Logger): () => SecureContext {
  let current = contextOf(tls)
  return () => {
    try {
      current = contextOf(tls)
    } catch (error) {
      const { message: problem } = error as Error
      log.error({ problem }, "the upstream's certificates could not be read; the old ones stay")
    }
    return current
  }
}

function contextOf({ caFile, certFile, keyFile }: TlsSettings): SecureContext {
  const read = (file: string | undefined) => (file === undefined ? undefined : readFileSync(file))
  return createSecureContext({
    ca: read(caFile),
    cert: read(certFile),
    key: read(keyFile),
    minVersion: 'TLSv1.2',
  })
}

function opened<S extends Socket>(
  socket: S,
  event: 'connect' | 'secureConnect',
  maxMs: number,
): Promise<S> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      socket.destroy(new Error(`the upstream did not answer within ${maxMs} ms`))
    }, maxMs)
    // Stays: until somebody else listens, an error would end the process.
    socket.on('error', reject)
    socket.once('close', () => {
      clearTimeout(late)
      reject(new Error('the upstream hung up before it was connected'))
    })
    socket.once(event, () => {
      clearTimeout(late)
      resolve(socket)
    })
  })
}
