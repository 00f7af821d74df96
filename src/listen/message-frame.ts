import { promisify } from 'node:util'
import { gunzip, gunzipSync } from 'node:zlib'
import { refusal, type Refusal } from '../core/refusal.ts'

/** The largest request that Temporal's frontend takes, in bytes, before and after inflating. */
export const messageBytesMax = 4 * 1024 * 1024

/** A flag byte and a length of four: <https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md>. */
export const prefixBytes = 5

/** Compressed messages up to this size are inflated at once: handing them to a thread costs more. */
const inflatedAtOnceBytesMax = 16 * 1024

/** What such a message may inflate to before it goes to a thread after all. */
const inflatedAtOnceToBytesMax = 128 * 1024

const inflate = promisify(gunzip)

/** The `grpc-encoding`s of messages that are understood. */
export function isKnownEncoding(encoding: string): boolean {
  return encoding === 'identity' || encoding === 'gzip'
}

/** A message, or why there is none, perhaps only once it is inflated. */
export type ReadMessage = Uint8Array | Refusal | Promise<Uint8Array | Refusal>

/** Takes the message out of a whole frame: as it is, or inflated to {@link messageBytesMax} at most. */
export function messageIn(frame: Uint8Array, encoding: string): ReadMessage {
  if (!isKnownEncoding(encoding)) {
    return refusal('encoding_unsupported', 'grpc-encoding is neither identity nor gzip')
  }
  const flag = frame[0]
  const message = frame.subarray(prefixBytes)
  if (flag === 0) return message
  if (flag === 1 && encoding === 'gzip') return inflateMessage(message)
  return refusal('message_malformed', 'the compressed flag does not fit grpc-encoding')
}

function inflateMessage(message: Uint8Array): ReadMessage {
  if (message.length <= inflatedAtOnceBytesMax) {
    try {
      return gunzipSync(message, { maxOutputLength: inflatedAtOnceToBytesMax })
    } catch (error) {
      if (!isTooLarge(error)) return doesNotInflate()
    }
  }
  return inflateInThread(message)
}

async function inflateInThread(message: Uint8Array): Promise<Uint8Array | Refusal> {
  try {
    return await inflate(message, { maxOutputLength: messageBytesMax })
  } catch (error) {
    if (!isTooLarge(error)) return doesNotInflate()
    return refusal('message_too_large', `more than ${messageBytesMax} bytes after inflating`)
  }
}

function isTooLarge(error: unknown): boolean {
  return error instanceof RangeError && 'code' in error
}

function doesNotInflate(): Refusal {
  return refusal('message_malformed', 'the message does not inflate')
}
