import {
  createSecureServer,
  createServer,
  type IncomingHttpHeaders,
  type SecureServerOptions,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type ServerOptions,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

/** Starts an HTTP/2 server for what the stand-in does not do: TLS, settings, and answers in pieces. */
export async function startHttp2Upstream(
  t: Test,
  options: { readonly tls?: SecureServerOptions; readonly plain?: ServerOptions },
  onStream: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
) {
  const sessions = new Set<ServerHttp2Session>()
  const server = options.tls ? createSecureServer(options.tls) : createServer(options.plain ?? {})
  server.on('session', (session) => {
    sessions.add(session)
    session.on('error', () => undefined)
  })
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined)
    stream.resume()
    onStream(stream, headers)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    for (const session of sessions) session.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { port, address: `127.0.0.1:${port}`, sessions }
}

/** Answers a call with an empty message and OK. */
export function answerOk(stream: ServerHttp2Stream): void {
  if (stream.destroyed) return
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
  stream.end(Buffer.alloc(5))
}
