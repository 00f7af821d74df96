import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { Readable } from 'node:stream'
import { refusal, type Refusal } from '../core/refusal.ts'

/** The largest request that Temporal's frontend takes, in bytes, before and after inflating. */
export const messageBytesMax = 4 * 1024 * 1024

/** A flag byte and a length of four: <https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md>. */
const prefixBytes = 5

/** How long the body may take to arrive once the caller is known. */
const arrivalTimeoutDefaultMs = 30_000

const inflate = promisify(gunzip)

/**
 * Reads the one message of a unary call from its body: a single frame, inflated if it is compressed,
 * never more than {@link messageBytesMax}. Reading stops as soon as the prefix says that the message
 * is too large, so nothing near an attacker's size is ever held.
 */
export async function readMessageFrame(
  body: Readable,
  encoding: string,
  arrivalTimeoutMs = arrivalTimeoutDefaultMs,
): Promise<Uint8Array | Refusal> {
  if (encoding !== 'identity' && encoding !== 'gzip') {
    return refusal('encoding_unsupported', 'grpc-encoding is neither identity nor gzip')
  }
  const frame = await collect(body, arrivalTimeoutMs)
  if (!(frame instanceof Uint8Array)) return frame
  const flag = frame[0]
  const message = frame.subarray(prefixBytes)
  if (flag === 0) return message
  if (flag === 1 && encoding === 'gzip') return inflateMessage(message)
  return refusal('message_malformed', 'the compressed flag does not fit grpc-encoding')
}

/**
 * Collects exactly one frame; anything after it is refused rather than dropped. Bytes are copied into
 * place as they come: a caller who sends a byte at a time would make a list of chunks enormous.
 */
async function collect(body: Readable, arrivalTimeoutMs: number): Promise<Uint8Array | Refusal> {
  let frame: Buffer = Buffer.alloc(prefixBytes)
  let length = 0
  let size: number | undefined
  const slow = setTimeout(() => body.destroy(), arrivalTimeoutMs)
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      let taken = chunk.copy(frame, length)
      if (size === undefined && length + taken === prefixBytes) {
        size = frame.readUInt32BE(1)
        if (size > messageBytesMax) return refusal('message_too_large', `${size} bytes`)
        frame = enlarged(frame, prefixBytes + size)
        taken += chunk.copy(frame, prefixBytes, taken)
      }
      if (taken < chunk.length) return refusal('message_malformed', 'bytes follow the one message')
      length += taken
    }
  } catch {
    return refusal('message_malformed', 'the body did not arrive whole')
  } finally {
    clearTimeout(slow)
  }
  if (size === undefined || length < frame.length) {
    return refusal('message_malformed', 'the message is cut off')
  }
  return frame
}

/** Memory that nothing was written to yet is not taken from the system: a promise of bytes costs little. */
function enlarged(buffer: Buffer, length: number): Buffer {
  const larger = Buffer.allocUnsafeSlow(length)
  buffer.copy(larger)
  return larger
}

async function inflateMessage(message: Uint8Array): Promise<Uint8Array | Refusal> {
  try {
    return await inflate(message, { maxOutputLength: messageBytesMax })
  } catch (error) {
    const isTooLarge = error instanceof RangeError && 'code' in error
    return isTooLarge
      ? refusal('message_too_large', `more than ${messageBytesMax} bytes after inflating`)
      : refusal('message_malformed', 'the message does not inflate')
  }
}
