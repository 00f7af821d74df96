import { setImmediate } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import type { ClientHttp2Session } from 'node:http2'
import type { Test } from 'tap'
import { refusals, refusalStatus, type RefusalCode } from '../../src/core/refusal.ts'
import { methods } from '../../src/temporal/methods.ts'
import { decodeMessage, encodeRequest } from './caller.ts'
import { connectRaw, frameOf, openStream } from './raw-http2.ts'
import type { RunningSallyport } from './sallyport.ts'
import type { StandInUpstream } from './upstream.ts'

/** A call as anybody may send it, whatever gRPC clients would do. */
export interface RawCall {
  /** A name in the method table, or a path as it is. */
  readonly method: string
  /** What to encode as the request, or its bytes. */
  readonly request?: Uint8Array | object
  /** Instead of the one frame with the request. */
  readonly body?: Uint8Array
  readonly token?: string | undefined
  /** A credential beside the token that must not be repeated either. */
  readonly secret?: string
  /** After those that every gRPC call has, as they are. */
  readonly headers?: readonly (readonly [name: string, value: string])[]
  /** Never ends the body. */
  readonly isEndless?: boolean
}

/** What a caller was told. */
export interface RawReply {
  readonly httpStatus: number | undefined
  /** Undefined where the stream was reset. */
  readonly status: number | undefined
  readonly words: string
  /** Whether it was one block of headers that ended the stream. */
  readonly isTrailersOnly: boolean
  /** The `reason` of a PermissionDeniedFailure, and the code and words beside it. */
  readonly failure: unknown
  /** All of it as text, with what is encoded also decoded. */
  readonly told: string
}

/** A running Sallyport in front of a stand-in, and a connection to it. */
export interface Gate {
  readonly sallyport: RunningSallyport
  readonly upstream: StandInUpstream
  readonly session: ClientHttp2Session
  readonly isGzipped: boolean
}

/** Connects to a running Sallyport, with TLS unless it has none. */
export async function connectTo(
  t: Test,
  sallyport: Pick<RunningSallyport, 'address' | 'ca'>,
  isPlaintext = false,
): Promise<ClientHttp2Session> {
  if (isPlaintext) return connectRaw(t, `http://${sallyport.address}`)
  const tls = { ca: sallyport.ca, servername: 'localhost' }
  return connectRaw(t, `https://${sallyport.address}`, tls)
}

/** Sends a call and resolves once it is answered, whether or not its body has ended. */
export async function send(
  session: ClientHttp2Session,
  call: RawCall,
  isGzipped = false,
): Promise<RawReply> {
  const { stream, answer } = openStream(session, headersOf(call, isGzipped))
  const ended = new Promise<void>((resolve) => stream.once('end', resolve))
  const body = call.body ?? bodyOf(call, isGzipped)
  if (call.isEndless) stream.write(body)
  else stream.end(body)
  await Promise.race([ended, answer])
  if (!stream.closed) stream.close()
  return replyOf(await answer)
}

function headersOf({ method, token, headers = [] }: RawCall, isGzipped: boolean): string[] {
  const encoding = isGzipped ? [['grpc-encoding', 'gzip'] as const] : []
  const credential = token === undefined ? [] : [['authorization', `Bearer ${token}`] as const]
  return [
    [':method', 'POST'] as const,
    [':scheme', 'https'] as const,
    [':authority', 'sallyport.test'] as const,
    [':path', pathOf(method)] as const,
    ['content-type', 'application/grpc'] as const,
    ['te', 'trailers'] as const,
    ...encoding,
    ...credential,
    ...headers,
  ].flat()
}

function pathOf(method: string): string {
  return methods.find(({ name }) => name === method)?.path ?? method
}

function bodyOf({ method, request = new Uint8Array() }: RawCall, isGzipped: boolean): Uint8Array {
  const message = request instanceof Uint8Array ? request : encodeRequest(method, request)
  return isGzipped ? frameOf(gzipSync(message), 1) : frameOf(message)
}

function replyOf({ blocks, body }: Awaited<ReturnType<typeof openStream>['answer']>): RawReply {
  const all = Object.assign({}, ...blocks.map(({ headers }) => headers)) as Readonly<
    Record<string, string | undefined>
  >
  const words = decodeURIComponent(all['grpc-message'] ?? '')
  const details = Buffer.from(all['grpc-status-details-bin'] ?? '', 'base64')
  const { ':status': http, 'grpc-status': status } = all
  return {
    httpStatus: http === undefined ? undefined : Number(http),
    status: status === undefined ? undefined : Number(status),
    words,
    isTrailersOnly: blocks.length === 1 && blocks[0]?.endsStream === true && body.length === 0,
    failure: failureIn(details),
    told: [JSON.stringify(all), words, details.toString('latin1'), body.toString()].join('\n'),
  }
}

function failureIn(details: Buffer): unknown {
  if (details.length === 0) return undefined
  const { code, message, details: inner } = decodeMessage('google.rpc.Status', details)
  const [any] = inner as { type_url: string; value: Uint8Array }[]
  const type = any?.type_url.split('/').at(-1) ?? ''
  const { reason } = decodeMessage(type, any?.value ?? new Uint8Array())
  return { code, words: message, type, reason }
}

/** What a refusal must look like to the caller, given the entry that was written about it. */
export function assertTold(t: Test, reply: RawReply, code: RefusalCode, decisionId: unknown): void {
  const { grpc } = refusalStatus(code)
  const words = `${refusals[code].words} [${code} ${String(decisionId)}]`
  const type = 'temporal.api.errordetails.v1.PermissionDeniedFailure'
  const isDenied = refusals[code].status === 'PERMISSION_DENIED'
  const failure = isDenied ? { code: grpc, words, type, reason: code } : undefined
  const { told: _told, ...rest } = reply
  const expected = { httpStatus: 200, status: grpc, words, isTrailersOnly: true, failure }
  t.strictSame(rest, expected, code)
}

/**
 * Sends a call and asserts that it is refused with the code: in status, words and details, in exactly
 * one entry, without a byte upstream, and without the token or a claim being repeated anywhere.
 */
export async function assertRefused(
  t: Test,
  { sallyport, upstream, session, isGzipped }: Gate,
  code: RefusalCode,
  call: RawCall,
): Promise<void> {
  const before = sallyport.entries().length
  const reply = await send(session, call, isGzipped)
  const fresh = sallyport.entries().slice(before)
  t.equal(fresh.length, 1, 'exactly one entry')
  t.match(fresh, [{ kind: 'decision', outcome: 'refused', code }], `${code} is in the entry`)
  assertTold(t, reply, code, fresh[0]?.['decision_id'])
  t.equal(upstream.bytesReceived(), 0, 'not a byte went upstream')
  const secrets = [call.token, call.secret].flatMap((token = '') => secretsIn(token))
  const written = sallyport.log() + sallyport.journal() + reply.told
  t.same(
    secrets.filter((secret) => written.includes(secret)),
    [],
    'no token in any output',
  )
  t.same(
    claimValuesIn(call.token).filter((value) => reply.told.includes(value)),
    [],
  )
  t.notMatch(reply.told, /payments|rule-/, 'no namespace and no rule is told')
}

/** A token whole, and the beginnings of its payload and signature: entries cut long values off. */
export function secretsIn(token: string): readonly string[] {
  const [, payload = '', signature = ''] = token.split('.')
  return [token, payload.slice(0, 40), signature.slice(0, 40)].filter((part) => part.length > 3)
}

function claimValuesIn(token = ''): readonly string[] {
  const text = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()
  if (!text.startsWith('{')) return []
  return Object.values(JSON.parse(text) as object)
    .flat()
    .map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
    .filter((value) => value.length > 3)
}

/** Stops Sallyport and asserts that it has written no more entries than calls were refused. */
export async function assertEntriesInAll(t: Test, { sallyport }: Gate, count: number) {
  const { service, entries } = sallyport
  await service.stop()
  // Whatever a broken pipe left to be done is done in the next turn.
  await setImmediate()
  t.equal(entries().length, count, 'no call has left another entry behind')
}
