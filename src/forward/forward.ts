import type { Metadata } from '@grpc/grpc-js'
import type { Answer } from '../core/answer.ts'
import type { Call } from '../core/call.ts'
import type { Grant } from '../core/decision.ts'
import type { Outcome } from '../core/outcome.ts'
import { refusal, type Refusal } from '../core/refusal.ts'
import { statusCodes } from '../core/status.ts'
import type { Channels } from './channels.ts'
import { fromGrpcMetadata, toGrpcMetadata } from './grpc-metadata.ts'
import type { UpstreamCredential } from './upstream-credential.ts'

export interface ForwardParts {
  readonly channels: Channels
  readonly credential: UpstreamCredential
}

/** What became of a call: its outcome, or that no upstream could be reached, which the caller is yet to be told. */
export type Forwarded = Outcome | Refusal

export type Forward = (call: Call, grant: Grant, answer: Answer) => Promise<Forwarded>

/**
 * Sends a call upstream as the bytes that were decided on, and its answer back as it comes. Needs the
 * grant of this very call. When the caller goes away, so does the call.
 */
export function createForward({ channels, credential }: ForwardParts): Forward {
  return (call, grant, answer) => {
    if (!grant.isFor(call)) throw new Error('a grant was used for another call than its own')
    return new Promise((resolve) => {
      const metadata = toGrpcMetadata([...call.metadata, ...credential.metadata()])
      const lease = channels.lease(call.method.polling !== 'none')
      const deadline = call.deadline ?? Number.POSITIVE_INFINITY
      let heardFrom = false
      let isGone = false
      let bytes = 0
      const take = (_error: unknown, message: Buffer | undefined) => {
        if (message === undefined) return
        bytes = message.length
        answer.sendMessage(message)
      }
      const upstream = lease.client.makeUnaryRequest(
        call.method.path,
        asBuffer,
        asIs,
        call.message,
        metadata,
        { deadline },
        take,
      )
      answer.whenGone(() => {
        isGone = true
        upstream.cancel()
      })
      upstream.on('metadata', (received) => {
        heardFrom = true
        answer.sendMetadata(fromGrpcMetadata(received))
      })
      upstream.on('status', ({ code: grpcCode, details, metadata: trailers }) => {
        const code: number = grpcCode
        lease.release()
        if (isLocal(trailers) && isLostConnection(code, details, heardFrom)) {
          resolve(refusal('upstream_unavailable', details))
          return
        }
        const words = isLocal(trailers) ? localWords(code, details) : details
        answer.sendStatus({ code, words, trailers: fromGrpcMetadata(trailers) })
        resolve({ result: resultOf(code, isGone), grpcStatus: code, bytes })
      })
    })
  }
}

/** Bytes go up and come down as they are: nothing here encodes or decodes a message. */
function asBuffer(message: Uint8Array): Buffer {
  return Buffer.from(message.buffer, message.byteOffset, message.byteLength)
}

function asIs(message: Buffer): Buffer {
  return message
}

/**
 * Whether grpc-js made the status itself. A status from the wire brings the headers it came with; its
 * own brings none, and its details name addresses that are not the caller's business.
 */
function isLocal(trailers: Metadata): boolean {
  return trailers.get('content-type').length === 0
}

/** How grpc-js puts it when a connection breaks under a call that the upstream had begun to answer. */
const brokenOff = /^(Received RST_STREAM|Connection dropped|(read|write) E[A-Z]+)/

/**
 * Whether the upstream could not be reached, or broke off. grpc-js calls some of these INTERNAL, which
 * SDKs repeat at once, or names the upstream's address.
 */
function isLostConnection(code: number, details: string, heardFrom: boolean): boolean {
  if (code === statusCodes.UNAVAILABLE && !heardFrom) return true
  const isBroken = code === statusCodes.UNAVAILABLE || code === statusCodes.INTERNAL
  return isBroken && brokenOff.test(details)
}

/** For a deadline that passed here, grpc-js tells how long each step took, and the upstream's address. */
function localWords(code: number, details: string): string {
  return code === statusCodes.DEADLINE_EXCEEDED ? 'the deadline of the call has passed' : details
}

function resultOf(code: number, isGone: boolean): Outcome['result'] {
  if (code === statusCodes.OK) return 'completed'
  return isGone || code === statusCodes.DEADLINE_EXCEEDED ? 'cancelled' : 'failed'
}
