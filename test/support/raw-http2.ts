import {
  connect,
  constants,
  createServer,
  type ClientHttp2Session,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type SecureClientSessionOptions,
} from 'node:http2'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

/** One block of headers or trailers, and whether it ended the stream. */
export interface HeaderBlock {
  readonly headers: IncomingHttpHeaders
  /** Names and values in turn, as they came. */
  readonly raw: readonly string[]
  readonly endsStream: boolean
}

/** Everything that came back on one stream. */
export interface RawAnswer {
  readonly blocks: readonly HeaderBlock[]
  readonly body: Buffer
}

/** Starts a plain HTTP/2 server that ends with the test, and connects to it. */
export async function startRawServer(
  t: Test,
  listener: (request: Http2ServerRequest, response: Http2ServerResponse) => void,
): Promise<ClientHttp2Session> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return connectRaw(t, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
}

/** Headers that node:http2 sends only once may come twice from others. */
const lenient = { strictSingleValueFields: false }

/** A connection that sends what it is told, and is cut when the test ends. */
export async function connectRaw(
  t: Test,
  url: string,
  options: SecureClientSessionOptions = {},
): Promise<ClientHttp2Session> {
  const session = connect(url, { ...lenient, ...options })
  session.on('error', () => undefined)
  t.teardown(() => session.destroy())
  await once(session, 'connect')
  return session
}

/** Opens a stream as a gRPC client would, without writing to it. */
export function openStream(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders | readonly string[] = {},
) {
  const base = {
    ':method': 'POST',
    ':path': '/x/Y',
    'content-type': 'application/grpc',
    te: 'trailers',
  }
  const list = 'length' in headers ? headers : { ...base, ...headers }
  const stream = session.request(list, { endStream: false })
  stream.on('error', () => undefined)
  const blocks: HeaderBlock[] = []
  const chunks: Buffer[] = []
  const keep = (headers: IncomingHttpHeaders, flags: number, raw: readonly string[] = []) =>
    blocks.push({ headers, raw, endsStream: (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0 })
  stream.on('response', keep)
  stream.on('trailers', keep)
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  const { promise: answer, resolve } = Promise.withResolvers<RawAnswer>()
  stream.on('close', () => resolve({ blocks, body: Buffer.concat(chunks) }))
  return { stream, answer }
}

/** Sends a whole request, and resolves with everything that came back. */
export async function ask(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders | readonly string[] = {},
  body: Uint8Array = frameOf(Buffer.alloc(0)),
): Promise<RawAnswer> {
  const { stream, answer } = openStream(session, headers)
  stream.end(body)
  return answer
}

/** A message in its frame: a flag, a length of four bytes, and the bytes. */
export function frameOf(message: Uint8Array, flag = 0, length = message.length): Buffer {
  const prefix = Buffer.alloc(5)
  prefix[0] = flag
  prefix.writeUInt32BE(length, 1)
  return Buffer.concat([prefix, message])
}
