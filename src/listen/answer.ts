import { constants, type Http2ServerResponse } from 'node:http2'
import type { Answer, Status } from '../core/answer.ts'
import type { Metadata } from '../core/call.ts'
import { isAnswerable } from '../temporal/metadata.ts'

const contentType: readonly [string, string] = ['content-type', 'application/grpc']
const acceptEncoding: readonly [string, string] = ['grpc-accept-encoding', 'identity,gzip']

/**
 * Answers a gRPC call on a node:http2 response. A status without a message before it goes out as
 * trailers-only: one block of headers that ends the stream.
 */
export function createAnswer(response: Http2ServerResponse): Answer {
  let metadata: Metadata = []
  let message: Uint8Array | undefined
  let isDone = false
  const isGone = () => response.stream.destroyed
  const end = (status: Status) => {
    if (isDone) return
    isDone = true
    if (isGone()) return
    const trailers = [...statusPairs(status), ...answerable(status.trailers)]
    if (message === undefined) {
      setHeaders(response, [contentType, acceptEncoding, ...answerable(metadata), ...trailers])
      response.end()
      // Else a caller whose body is not read could keep the stream by never ending it.
      if (!response.req.complete) response.stream.close(constants.NGHTTP2_NO_ERROR)
      return
    }
    setHeaders(response, [contentType, acceptEncoding, ...answerable(metadata)])
    response.addTrailers(Object.fromEntries(grouped(trailers)))
    response.write(prefixOf(message))
    response.end(message)
  }
  return {
    sendMetadata: (pairs) => {
      metadata = pairs
    },
    sendMessage: (bytes) => {
      message = bytes
    },
    sendStatus: end,
    whenGone: (listener) => {
      // A caller may go while its call is identified or recorded, before anybody listens.
      if (isGone()) listener()
      else response.once('close', () => void (isDone || listener()))
    },
  }
}

function answerable(metadata: Metadata): Metadata {
  return metadata.filter(([name]) => isAnswerable(name))
}

function statusPairs({ code, words }: Status): Metadata {
  const status: [string, string][] = [['grpc-status', String(code)]]
  return words === '' ? status : [...status, ['grpc-message', encodeWords(words)]]
}

/** Percent-encodes what may not stand in `grpc-message`: all but printable ASCII, and `%` itself. */
export function encodeWords(words: string): string {
  return words
    .toWellFormed()
    .replaceAll(/[^ -~]+|%/g, (part) =>
      [...new TextEncoder().encode(part)]
        .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
        .join(''),
    )
}

/** An uncompressed frame: callers must accept one whatever they sent. */
function prefixOf(message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(message.length, 1)
  return prefix
}

function setHeaders(response: Http2ServerResponse, pairs: Metadata): void {
  for (const [name, values] of grouped(pairs)) response.setHeader(name, values)
}

function grouped(pairs: Metadata): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const [name, value] of pairs) groups.set(name, [...(groups.get(name) ?? []), value])
  return groups
}
