import type { Http2ServerRequest } from 'node:http2'
import type { Metadata } from '../core/call.ts'
import type { Credential } from '../core/credential.ts'
import type { Method } from '../core/method.ts'
import { refusal, type Refusal } from '../core/refusal.ts'
import { isForwardable } from '../temporal/metadata.ts'
import { methodAt } from '../temporal/methods.ts'
import { takeCredential } from './credential.ts'
import { parseTimeout } from './timeout.ts'
import { readMessageFrame } from './message-frame.ts'

/** A call that has arrived: its headers are read, its body is not. */
export interface Arrival {
  readonly path: string
  /** The method that the path names, if there is one. */
  readonly method: Method | undefined
  /** What the caller presented; it is in no other field. */
  readonly credential: Credential
  /** What may go upstream of the caller's metadata, or why it cannot be read. */
  readonly metadata: Metadata | Refusal
  /** How long the caller waits, in milliseconds, if it says so. */
  readonly timeoutMs: number | undefined
  /** Network address of the caller, without its port. */
  readonly peer: string
  /** Reads the one message of the body. To be called once, after the caller is known. */
  readonly readMessage: () => Promise<Uint8Array | Refusal>
}

/** What node:http2 hands over becomes an arrival here, and nowhere else. */
export function arrivalOf(request: Http2ServerRequest): Arrival {
  const headers = pairsOf(request.rawHeaders)
  const path = request.url
  const timeout = parseTimeout(valuesOf(headers, 'grpc-timeout'))
  const credential = takeCredential(valuesOf(headers, 'authorization'))
  const forwardable = headers.filter(
    ([name, value]) => isForwardable(name) && !carries(value, credential),
  )
  const encoding = valuesOf(headers, 'grpc-encoding').at(-1) ?? 'identity'
  return {
    path,
    method: methodAt(path),
    credential,
    metadata: faultOf(timeout, forwardable) ?? forwardable,
    timeoutMs: timeout.ok ? timeout.timeoutMs : undefined,
    peer: request.socket.remoteAddress ?? '',
    readMessage: () => readMessageFrame(request, encoding),
  }
}

/** A token that the caller sent under another name as well goes no further either. */
function carries(value: string, credential: Credential): boolean {
  return credential.kind === 'bearer' && value.includes(credential.token)
}

/** HTTP/2 allows more than gRPC does, and gRPC clients throw at what is left over. */
const legalName = /^[0-9a-z_.-]+$/
const legalValue = /^[ -~]*$/

function faultOf(timeout: { readonly ok: boolean }, metadata: Metadata): Refusal | undefined {
  if (!timeout.ok) {
    return refusal('metadata_malformed', 'grpc-timeout is not a number with a unit, sent once')
  }
  const isLegal = metadata.every(([name, value]) => legalName.test(name) && legalValue.test(value))
  if (isLegal) return undefined
  return refusal('metadata_malformed', 'a name or a value is not of printable ASCII')
}

/**
 * Headers as they came. The parsed object of node:http2 will not do: it keeps the first of two
 * `authorization` headers and says nothing of the second.
 */
function pairsOf(rawHeaders: readonly string[]): Metadata {
  const pairs: [string, string][] = []
  let name = ''
  for (const [at, word] of rawHeaders.entries()) {
    if (at % 2 === 0) name = word
    else pairs.push([name, word])
  }
  return pairs
}

function valuesOf(headers: Metadata, name: string): string[] {
  return headers.flatMap(([candidate, value]) => (candidate === name ? [value] : []))
}
