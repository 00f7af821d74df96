import { prefixBytes } from '../core/message-prefix.ts'

/** What one poll keeps alive at worst. */
const slabBytes = 8192

/** From this size on, a message is sent behind its prefix instead of being copied there. */
const copiedBytesMax = 4096

/**
 * Frames messages as gRPC does, uncompressed, in one part or two. Small frames lie side by side: in Node's
 * pool they would lie among what lives for a moment only, and each poll that waits for a minute would keep
 * all of that.
 */
export class MessageFrames {
  #slab: Buffer = Buffer.alloc(0)
  #used = 0

  frame(message: Uint8Array): readonly Buffer[] {
    const isCopied = message.length <= copiedBytesMax
    const part = this.#allocate(prefixBytes + (isCopied ? message.length : 0))
    part[0] = 0
    part.writeUInt32BE(message.length, 1)
    if (!isCopied)
      return [part, Buffer.from(message.buffer, message.byteOffset, message.byteLength)]
    part.set(message, prefixBytes)
    return [part]
  }

  #allocate(bytes: number): Buffer {
    if (this.#used + bytes > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(slabBytes)
      this.#used = 0
    }
    const begin = this.#used
    this.#used += bytes
    return this.#slab.subarray(begin, this.#used)
  }
}
