import { keptBytes } from '../kept-copy.ts'
import { frameHeaderBytes } from './codes.ts'

/** Takes frames as they are cut from the stream of bytes. */
export interface FrameSink {
  /**
   * One whole frame. The payload is a view of the bytes received: whoever keeps it copies it. Returns
   * false where the next is not to be looked at yet.
   */
  readonly frame: (type: number, flags: number, streamId: number, payload: Buffer) => boolean
  /** A frame that says to be larger than allowed; nothing is read after it. */
  readonly oversized: (type: number, streamId: number) => void
}

const nothing = Buffer.alloc(0)

/** Cuts a stream of bytes into frames. At most one frame is held, when it came in parts. */
export class FrameReader {
  readonly #sink: FrameSink
  readonly #payloadBytesMax: number
  /** The beginning of a frame whose rest is yet to come; its length once the header is known. */
  #partial: Buffer = nothing
  #partialBytes = 0
  #isHeld = false
  #isBroken = false

  constructor(sink: FrameSink, payloadBytesMax: number) {
    this.#sink = sink
    this.#payloadBytesMax = payloadBytesMax
  }

  /** Bytes that wait for the rest of their frame. */
  get heldBytes(): number {
    return this.#partialBytes
  }

  /** Takes bytes in the order in which they came, and returns how many: fewer than all where the sink said so. */
  push(chunk: Buffer): number {
    if (this.#isBroken) return chunk.length
    this.#isHeld = false
    let at = this.#partialBytes > 0 ? this.#complete(chunk) : 0
    while (!this.#isHeld && chunk.length - at >= frameHeaderBytes) {
      const length = lengthAt(chunk, at)
      if (!this.#fits(length, chunk, at)) return chunk.length
      const end = at + frameHeaderBytes + length
      if (end > chunk.length) break
      this.#deliver(chunk, at, end)
      at = end
    }
    if (this.#isHeld) return at
    if (at < chunk.length) this.#keep(chunk, at)
    return chunk.length
  }

  /** Adds to the frame that has begun, and returns how much of the chunk that took. */
  #complete(chunk: Buffer): number {
    let at = 0
    if (this.#partialBytes < frameHeaderBytes) {
      at = this.#fill(chunk, at, frameHeaderBytes)
      if (this.#partialBytes < frameHeaderBytes) return at
      const length = lengthAt(this.#partial, 0)
      if (!this.#fits(length, this.#partial, 0)) return at
      const whole = keptBytes(frameHeaderBytes + length)
      this.#partial.copy(whole, 0, 0, frameHeaderBytes)
      this.#partial = whole
    }
    at = this.#fill(chunk, at, this.#partial.length)
    if (this.#partialBytes < this.#partial.length) return at
    const frame = this.#partial
    this.#partial = nothing
    this.#partialBytes = 0
    this.#deliver(frame, 0, frame.length)
    return at
  }

  #fill(chunk: Buffer, at: number, upTo: number): number {
    const taken = Math.min(upTo - this.#partialBytes, chunk.length - at)
    chunk.copy(this.#partial, this.#partialBytes, at, at + taken)
    this.#partialBytes += taken
    return at + taken
  }

  #keep(chunk: Buffer, at: number): void {
    const known = chunk.length - at
    const size =
      known < frameHeaderBytes ? frameHeaderBytes : frameHeaderBytes + lengthAt(chunk, at)
    this.#partial = keptBytes(size)
    this.#partialBytes = chunk.copy(this.#partial, 0, at)
  }

  #fits(length: number, from: Buffer, at: number): boolean {
    if (length <= this.#payloadBytesMax) return true
    this.#isBroken = true
    this.#isHeld = true
    this.#sink.oversized(from[at + 3] as number, streamIdAt(from, at))
    return false
  }

  #deliver(from: Buffer, at: number, end: number): void {
    const payload = from.subarray(at + frameHeaderBytes, end)
    const type = from[at + 3] as number
    const flags = from[at + 4] as number
    if (!this.#sink.frame(type, flags, streamIdAt(from, at), payload)) this.#isHeld = true
  }
}

function lengthAt(from: Buffer, at: number): number {
  return ((from[at] as number) << 16) | ((from[at + 1] as number) << 8) | (from[at + 2] as number)
}

function streamIdAt(from: Buffer, at: number): number {
  return from.readUInt32BE(at + 5) & 0x7fffffff
}
