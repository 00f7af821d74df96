import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { Readable } from 'node:stream'
import { refusal, type Refusal } from '../core/refusal.ts'

/** The largest request that Temporal's frontend takes, in bytes, before and after inflating. */
export const messageBytesMax = 4 * 1024 * 1024

/** A flag byte and a length of four: <https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md>. */
const prefixBytes = 5

/** How long the body may take to arrive once the caller is known. */
const arrivalTimeoutMs = 30_000

const inflate = promisify(gunzip)

/**
 * Reads the one message of a unary call from its body: a single frame, inflated if it is compressed,
 * never more than {@link messageBytesMax}. Reading stops as soon as the prefix says that the message
 * is too large, so nothing near an attacker's size is ever held.
 */
export async function readMessageFrame(
  body: Readable,
  encoding: string,
): Promise<Uint8Array | Refusal> {
  if (encoding !== 'identity' && encoding !== 'gzip') {
    return refusal('encoding_unsupported', 'grpc-encoding is neither identity nor gzip')
  }
  const frame = await collect(body)
  if (!(frame instanceof Uint8Array)) return frame
  const flag = frame[0]
  const message = frame.subarray(prefixBytes)
  if (flag === 0) return message
  if (flag === 1 && encoding === 'gzip') return inflateMessage(message)
  return refusal('message_malformed', 'the compressed flag does not fit grpc-encoding')
}

/** Collects exactly one frame; anything after it is refused rather than dropped. */
async function collect(body: Readable): Promise<Uint8Array | Refusal> {
  const chunks: Buffer[] = []
  let length = 0
  let expected: number | undefined
  const slow = setTimeout(() => body.destroy(), arrivalTimeoutMs)
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      length += chunk.length
      if (expected === undefined && length >= prefixBytes) {
        const prefix = chunks.length === 1 ? chunk : Buffer.concat(chunks)
        expected = prefixBytes + prefix.readUInt32BE(1)
      }
      if (expected === undefined) continue
      if (expected > prefixBytes + messageBytesMax) {
        return refusal('message_too_large', `${expected - prefixBytes} bytes`)
      }
      if (length > expected) return refusal('message_malformed', 'bytes follow the one message')
    }
  } catch {
    return refusal('message_malformed', 'the body did not arrive whole')
  } finally {
    clearTimeout(slow)
  }
  if (length !== expected) return refusal('message_malformed', 'the message is cut off')
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)
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
