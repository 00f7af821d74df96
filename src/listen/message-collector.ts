import { prefixBytes, promisedBytes } from '../core/message-prefix.ts'
import { refusal, type Refusal } from '../core/refusal.ts'
import { keptBytes, keptCopy } from '../wire/kept-copy.ts'
import { messageBytesMax } from './message-frame.ts'

/** From here on a buffer grows in larger steps: each costs time, and memory that counts against the heap. */
const largeBytes = 64 * 1024

/** One whole frame with its prefix, or why there is none. */
export type CollectedFrame = Buffer | Refusal

/**
 * Collects exactly one gRPC frame from the parts of a body; anything after it is refused rather than
 * dropped. Parts are copied into place as they come, so a caller who sends a byte at a time holds no
 * more than it sent; a body that comes in one part is not copied at all.
 */
export class MessageCollector {
  /** The frame, or why there is none; undefined while it is not all there. */
  result: CollectedFrame | undefined
  #frame: Buffer | undefined
  #length = 0

  /** Bytes that are held. */
  get heldBytes(): number {
    return this.#length
  }

  /** Takes the next part of the body, a view that stays valid, and whether it is the last. */
  take(part: Buffer, isLast: boolean): void {
    if (this.result !== undefined) return
    if (part.length > 0) this.#append(part, isLast)
    if (this.result === undefined && this.#frame !== undefined) this.#check(this.#frame)
    if (this.result === undefined && isLast) this.#finish()
  }

  /** Nothing more is taken: what is whole by now stays, and the rest is refused. */
  stop(why: Refusal): void {
    this.result ??= why
    this.#frame = undefined
    this.#length = 0
  }

  #append(part: Buffer, isLast: boolean): void {
    if (this.#frame === undefined) {
      this.#frame = isLast ? part : copyOf(part)
      this.#length = part.length
      return
    }
    const needed = this.#length + part.length
    if (needed > this.#frame.length || this.#length === this.#frame.length) {
      this.#grow(needed)
    }
    part.copy(this.#frame, this.#length)
    this.#length = needed
  }

  /** Doubling, but never beyond what the prefix says: a promise of bytes costs nothing. */
  #grow(needed: number): void {
    const frame = this.#frame as Buffer
    const promised = this.#length >= prefixBytes ? prefixBytes + promisedBytes(frame) : needed
    const steps = needed > largeBytes ? 4 : 2
    const larger = keptBytes(Math.max(needed, Math.min(promised, needed * steps)))
    frame.copy(larger, 0, 0, this.#length)
    this.#frame = larger
  }

  #check(frame: Buffer): void {
    if (this.#length < prefixBytes) return
    const size = promisedBytes(frame)
    if (size > messageBytesMax) this.#settle(refusal('message_too_large', `${size} bytes`))
    else if (this.#length > prefixBytes + size) {
      this.#settle(refusal('message_malformed', 'bytes follow the one message'))
    }
  }

  #finish(): void {
    const frame = this.#frame
    const isWhole =
      frame !== undefined &&
      this.#length >= prefixBytes &&
      this.#length === prefixBytes + promisedBytes(frame)
    this.#settle(
      isWhole
        ? frame.subarray(0, this.#length)
        : refusal('message_malformed', 'the message is cut off'),
    )
  }

  #settle(result: CollectedFrame): void {
    this.result = result
    this.#frame = undefined
    this.#length = 0
  }
}

/** A view would hold all that came with it until the rest has come, which is only the end where the frame is whole. */
function copyOf(part: Buffer): Buffer {
  const isWhole = part.length >= prefixBytes && part.length === prefixBytes + promisedBytes(part)
  return isWhole ? Buffer.from(part) : keptCopy(part)
}
