import {
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { frameOf } from './raw-http2.ts'

/** A call as a stand-in frontend saw it. */
export interface SeenCall {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** Names and values in turn, as they came. */
  readonly rawHeaders: readonly string[]
  /** The message of the one frame that came. */
  readonly message: Buffer
  /** Whether the caller reset the stream. */
  readonly isCancelled: () => boolean
}

/** How the stand-in answers a call. */
export interface ScriptedAnswer {
  readonly headers?: Record<string, string | string[]>
  readonly message?: Uint8Array
  readonly status?: number
  readonly words?: string
  readonly trailers?: Record<string, string | string[]>
}

export interface StandInUpstream {
  readonly address: string
  /** Calls in the order in which they arrived whole, where they are kept. */
  readonly calls: readonly SeenCall[]
  /** Bytes that arrived on any connection. */
  readonly bytesReceived: () => number
  readonly connections: () => number
  /** Sends GOAWAY on every open connection; calls on them may end. */
  readonly goAway: () => void
  /** Cuts every connection. */
  readonly cut: () => void
  readonly close: () => Promise<void>
}

/**
 * A frontend that answers as it is told, for what the real one cannot be made to do: odd metadata,
 * large answers, GOAWAY at a chosen moment, and proof that not one byte arrived.
 */
export async function startUpstream(
  answer: (call: SeenCall) => ScriptedAnswer | Promise<ScriptedAnswer>,
  { keepsCalls = true } = {},
): Promise<StandInUpstream> {
  const calls: SeenCall[] = []
  const sessions = new Set<ServerHttp2Session>()
  let bytes = 0
  let connections = 0
  const server = createServer()
  server.on('connection', (socket) => {
    connections++
    socket.on('data', (chunk: Buffer) => (bytes += chunk.length))
  })
  server.on('session', (session) => {
    sessions.add(session)
    session.on('error', () => undefined)
    session.on('close', () => sessions.delete(session))
  })
  server.on('stream', (stream, headers, _flags, rawHeaders) => {
    stream.on('error', () => undefined)
    void (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk)
      const call: SeenCall = {
        path: headers[':path'] ?? '',
        headers,
        rawHeaders,
        message: Buffer.concat(chunks).subarray(5),
        isCancelled: () => stream.aborted || stream.destroyed,
      }
      if (keepsCalls) calls.push(call)
      respond(stream, await answer(call))
    })().catch(() => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    bytesReceived: () => bytes,
    connections: () => connections,
    goAway: () => sessions.forEach((session) => session.close()),
    cut: () => sessions.forEach((session) => session.destroy()),
    close: async () => {
      sessions.forEach((session) => session.destroy())
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function respond(stream: ServerHttp2Stream, scripted: ScriptedAnswer): void {
  if (stream.destroyed) return
  const { headers, message, status = 0, words = '', trailers } = scripted
  const ending = { 'grpc-status': String(status), 'grpc-message': encodeURI(words), ...trailers }
  const head = { ':status': 200, 'content-type': 'application/grpc', ...headers }
  if (message === undefined) {
    stream.respond({ ...head, ...ending }, { endStream: true })
    return
  }
  stream.respond(head, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers(ending))
  stream.end(frameOf(message))
}
