import type { FastifyRequest } from 'fastify'

/** Whether a host, without brackets and port, is this machine and no other. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

/** Where a request came from, as far as this machine can tell by itself. */
export interface Arrival {
  /** Address that the connection came from. */
  readonly peer: string
  /** Port that the connection was accepted on. */
  readonly port: number
  readonly headers: FastifyRequest['headers']
}

/** Headers that say that somebody passed a request on. */
const passedOn = /^(forwarded|x-forwarded-.*|x-real-ip|x-client-ip|via|true-client-ip)$/

/**
 * Whether somebody on this machine asked for a page in person: over a loopback connection, by a loopback
 * name, and with nobody in between. A page elsewhere whose name was made to lead here (DNS rebinding)
 * still sends its own name; a proxy on this machine says that it passed the request on.
 */
export function isFromThisMachine({ peer, port, headers }: Arrival): boolean {
  if (!isLoopbackHost(peer.replace(/^::ffff:/, ''))) return false
  if (Object.keys(headers).some((name) => passedOn.test(name))) return false
  const [, host = '', given = '80'] =
    /^(\[::1\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(headers.host ?? '') ?? []
  return isLoopbackHost(host.replaceAll(/[[\]]/g, '').toLowerCase()) && Number(given) === port
}
