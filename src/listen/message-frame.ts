import { promisify } from 'node:util'
import { gunzip, gunzipSync } from 'node:zlib'
import { prefixBytes } from '../core/message-prefix.ts'
import { refusal, type Refusal } from '../core/refusal.ts'

/** The largest request that Temporal's frontend takes, in bytes, before and after inflating. */
export const messageBytesMax = 4 * 1024 * 1024

/** Compressed messages up to this size are inflated at once: handing them to a thread costs more. */
const inflatedAtOnceBytesMax = 16 * 1024

/** What such a message may inflate to before it goes to a thread after all. */
const inflatedAtOnceToBytesMax = 128 * 1024

/** Of a message's size, at its end. */
const sizeBytes = 4

const inflate = promisify(gunzip)

/** The `grpc-encoding`s of messages that are understood. */
export function isKnownEncoding(encoding: string): boolean {
  return encoding === 'identity' || encoding === 'gzip'
}

/** Why a message of an encoding is not read, where it is not; that is known before any of it has come. */
export function refuseEncoding(encoding: string): Refusal | undefined {
  if (isKnownEncoding(encoding)) return undefined
  return refusal('encoding_unsupported', 'grpc-encoding is neither identity nor gzip')
}

/** A message, or why there is none, perhaps only once it is inflated. */
export type ReadMessage = Uint8Array | Refusal | Promise<Uint8Array | Refusal>

/** Asks for room for what a message is going to be, in bytes; says why where there is none. */
export type Reserve = (bytes: number) => Refusal | undefined

/** Takes the message out of a whole frame: as it is, or inflated to {@link messageBytesMax} at most. */
export function messageIn(frame: Uint8Array, encoding: string, reserve: Reserve): ReadMessage {
  const unknown = refuseEncoding(encoding)
  if (unknown !== undefined) return unknown
  const flag = frame[0]
  const message = frame.subarray(prefixBytes)
  if (flag === 0) return message
  if (flag === 1 && encoding === 'gzip') return inflateMessage(message, reserve)
  return refusal('message_malformed', 'the compressed flag does not fit grpc-encoding')
}

/** Inflates to what the message itself says that it becomes, and not beyond; room is asked for before. */
function inflateMessage(message: Uint8Array, reserve: Reserve): ReadMessage {
  const bytes = inflatedBytes(message)
  if (bytes > messageBytesMax) return inflateMembers(message, reserve)
  const refused = reserve(bytes)
  if (refused !== undefined) return refused
  const options = { maxOutputLength: Math.max(1, bytes) }
  const failed = (error: unknown) =>
    isTooLarge(error) ? inflateMembers(message, reserve) : doesNotInflate()
  if (message.length > inflatedAtOnceBytesMax || bytes > inflatedAtOnceToBytesMax) {
    return inflate(message, options).catch(failed)
  }
  try {
    return gunzipSync(message, options)
  } catch (error) {
    return failed(error)
  }
}

/** What has several members, or is damaged, does not say how long it becomes: it may become as long as any. */
async function inflateMembers(
  message: Uint8Array,
  reserve: Reserve,
): Promise<Uint8Array | Refusal> {
  const refused = reserve(messageBytesMax)
  if (refused !== undefined) return refused
  try {
    return await inflate(message, { maxOutputLength: messageBytesMax })
  } catch (error) {
    return isTooLarge(error) ? tooLarge() : doesNotInflate()
  }
}

/** The last field of a gzip member: RFC 1952, section 2.3.1. What is too short for one does not inflate anyway. */
function inflatedBytes(message: Uint8Array): number {
  if (message.length < sizeBytes) return 0
  const { buffer, byteOffset, length } = message
  return new DataView(buffer, byteOffset, length).getUint32(length - sizeBytes, true)
}

function isTooLarge(error: unknown): boolean {
  return error instanceof RangeError && 'code' in error
}

function tooLarge(): Refusal {
  return refusal('message_too_large', `more than ${messageBytesMax} bytes after inflating`)
}

function doesNotInflate(): Refusal {
  return refusal('message_malformed', 'the message does not inflate')
}
