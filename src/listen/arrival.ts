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
  const path = headers.find(([name]) => name === ':path')?.[1] ?? ''
  const timeout = parseTimeout(valuesOf(headers, 'grpc-timeout'))
  const encoding = valuesOf(headers, 'grpc-encoding').at(-1) ?? 'identity'
  return {
    path,
    method: methodAt(path),
    credential: takeCredential(valuesOf(headers, 'authorization')),
    metadata: timeout.ok
      ? headers.filter(([name]) => isForwardable(name))
      : refusal('metadata_malformed', 'grpc-timeout is not a number with a unit'),
    timeoutMs: timeout.ok ? timeout.timeoutMs : undefined,
    peer: request.socket.remoteAddress ?? '',
    readMessage: () => readMessageFrame(request, encoding),
  }
}

/**
 * Headers as they came. The parsed object of node:http2 will not do: it keeps the first of two
 * `authorization` headers and says nothing of the second.
 */
function pairsOf(rawHeaders: readonly string[]): Metadata {
  const pairs: [string, string][] = []
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    pairs.push([rawHeaders[at] ?? '', rawHeaders[at + 1] ?? ''])
  }
  return pairs
}

function valuesOf(headers: Metadata, name: string): string[] {
  return headers.flatMap(([candidate, value]) => (candidate === name ? [value] : []))
}
