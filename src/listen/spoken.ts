import type { Socket } from 'node:net'
import { clientPreface } from '../wire/frames/codes.ts'

/** What is spoken on a connection, and the bytes that told. */
export interface Spoken {
  readonly protocol: 'h2' | 'http/1.1'
  readonly first: Buffer
}

/**
 * Finds out from the first bytes what is spoken on a connection without ALPN: HTTP/2 begins with its
 * preface, of which no HTTP/1.1 request can be the beginning. RFC 9113, section 3.3.
 */
export function listenFor(socket: Socket, found: (spoken: Spoken) => void): void {
  let first: Buffer = Buffer.alloc(0)
  const take = (chunk: Buffer) => {
    first = first.length === 0 ? chunk : Buffer.concat([first, chunk])
    const length = Math.min(first.length, clientPreface.length)
    const isPreface = first.subarray(0, length).equals(clientPreface.subarray(0, length))
    if (isPreface && length < clientPreface.length) return
    socket.off('data', take)
    socket.pause()
    found({ protocol: isPreface ? 'h2' : 'http/1.1', first })
  }
  socket.on('data', take)
}
