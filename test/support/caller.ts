import { Client, credentials, Metadata, type CallOptions, type StatusObject } from '@grpc/grpc-js'
import root from '@temporalio/proto/protos/root.js'
import { methods } from '../../src/temporal/methods.ts'

/** What came of a call. */
export interface Reply {
  readonly status: number
  readonly words: string
  readonly message: Buffer | undefined
  readonly metadata: Metadata | undefined
  readonly trailers: Metadata
}

export interface CallParts {
  /** Metadata beside the credential. Values of `-bin` names are buffers. */
  readonly metadata?: Readonly<Record<string, string | Buffer>>
  /** Instead of the caller's own token; null sends none. */
  readonly token?: string | null
  readonly deadlineMs?: number
  readonly signal?: AbortSignal
}

export interface Caller {
  /** Calls a method by its name, or a path as it is, with a message or with an object to encode as the request. */
  readonly call: (
    method: string,
    request?: Uint8Array | Readonly<Record<string, unknown>>,
    parts?: CallParts,
  ) => Promise<Reply>
  readonly close: () => void
}

/** A real gRPC client that sends bytes as they are and tells all that comes back. */
export function createCaller(options: {
  readonly address: string
  /** Authority of the proxy's certificate; without it the connection is plaintext. */
  readonly ca?: string
  readonly token?: string
}): Caller {
  const channel = options.ca
    ? credentials.createSsl(Buffer.from(options.ca))
    : credentials.createInsecure()
  const client = new Client(options.address, channel, {
    // Certificates are for names; the address may be an IP.
    ...(options.ca && { 'grpc.ssl_target_name_override': 'localhost' }),
    'grpc.use_local_subchannel_pool': 1,
    'grpc.max_receive_message_length': 128 * 1024 * 1024,
    'grpc.max_send_message_length': -1,
  })
  return {
    call: (method, request = new Uint8Array(), parts = {}) => {
      const metadata = new Metadata()
      const token = parts.token === undefined ? options.token : parts.token
      if (token) metadata.set('authorization', `Bearer ${token}`)
      for (const [name, value] of Object.entries(parts.metadata ?? {})) metadata.add(name, value)
      const message = request instanceof Uint8Array ? request : encodeRequest(method, request)
      const callOptions: CallOptions = { deadline: Date.now() + (parts.deadlineMs ?? 30_000) }
      return new Promise((resolve) => {
        let received: Buffer | undefined
        let head: Metadata | undefined
        const asIs = (bytes: Buffer) => bytes
        const call = client.makeUnaryRequest(
          pathOf(method),
          asIs,
          asIs,
          Buffer.from(message),
          metadata,
          callOptions,
          (_error, value) => {
            received = value
          },
        )
        parts.signal?.addEventListener('abort', () => call.cancel())
        call.on('metadata', (value: Metadata) => {
          head = value
        })
        call.on('status', (status: StatusObject) =>
          resolve({
            status: status.code,
            words: status.details,
            message: received,
            metadata: head,
            trailers: status.metadata,
          }),
        )
      })
    },
    close: () => client.close(),
  }
}

export function pathOf(method: string): string {
  if (method.includes('/')) return method
  return methods.find(({ name }) => name === method)?.path ?? `/${method}`
}

interface Codec {
  encode(value: unknown): { finish(): Uint8Array }
  decode(bytes: Uint8Array): Record<string, unknown>
  fromObject(value: object): unknown
}

const schema = root as unknown as { lookupType(name: string): Codec }

/** Encodes a request with the API's own descriptors; names are in camel case. */
export function encodeRequest(method: string, request: object): Uint8Array {
  return encodeMessage(`${packageOf(method)}.${method}Request`, request)
}

/** Decodes a response with the API's own descriptors. */
export function decodeResponse(method: string, bytes: Uint8Array): Record<string, unknown> {
  return schema.lookupType(`${packageOf(method)}.${method}Response`).decode(bytes)
}

/** Encodes any message of the API by its full name. */
export function encodeMessage(type: string, value: object): Uint8Array {
  const codec = schema.lookupType(type)
  return codec.encode(codec.fromObject(value)).finish()
}

/** Decodes any message of the API by its full name. */
export function decodeMessage(type: string, bytes: Uint8Array): Record<string, unknown> {
  return schema.lookupType(type).decode(bytes)
}

function packageOf(method: string): string {
  const path = pathOf(method)
  return path.slice(1, path.lastIndexOf('.'))
}
