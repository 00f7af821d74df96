import { flag, frameHeaderBytes, frameType, payloadBytesMax } from './codes.ts'

/** Payloads from this size on are handed on as they are; smaller ones are copied behind their header. */
const copiedBytesMax = 4096

const nothing = Buffer.alloc(0)

/** Smallest piece of memory that is asked for. */
const pieceBytesMin = 512

/** Writes frames one behind the other, to be sent together. */
export class FrameWriter {
  #done: Buffer[] = []
  #piece: Buffer = nothing
  #start = 0
  #end = 0
  /** Bytes of all frames that were written since they were last taken. */
  bytes = 0
  /** How much was written last time, so that one piece is enough the next. */
  #lastBytes = 0

  /** Takes everything that was written, in its order. */
  take(): Buffer[] {
    this.#cut()
    // What is left of the piece would be kept for as long as nothing is sent.
    this.#piece = nothing
    this.#start = this.#end = 0
    const taken = this.#done
    this.#done = []
    this.#lastBytes = this.bytes
    this.bytes = 0
    return taken
  }

  /** A header block, in as many frames as it needs. */
  headers(streamId: number, block: Buffer, endStream: boolean): void {
    const first = Math.min(block.length, payloadBytesMax)
    const end = endStream ? flag.endStream : 0
    let isLast = first === block.length
    this.#frame(frameType.headers, end | (isLast ? flag.endHeaders : 0), streamId, first)
    this.#copy(block, 0, first)
    for (let at = first; !isLast; at += payloadBytesMax) {
      const size = Math.min(block.length - at, payloadBytesMax)
      isLast = at + size === block.length
      this.#frame(frameType.continuation, isLast ? flag.endHeaders : 0, streamId, size)
      this.#copy(block, at, at + size)
    }
  }

  /** A part of a body, at most one frame's worth. It is not copied where it is large. */
  data(streamId: number, payload: Buffer, endStream: boolean): void {
    const isCopied = payload.length <= copiedBytesMax
    const room = isCopied ? payload.length : 0
    this.#frame(frameType.data, endStream ? flag.endStream : 0, streamId, payload.length, room)
    if (isCopied) {
      this.#copy(payload, 0, payload.length)
      return
    }
    this.#cut()
    this.#done.push(payload)
    this.bytes += payload.length
  }

  reset(streamId: number, code: number): void {
    this.#frame(frameType.reset, 0, streamId, 4)
    this.#uint32(code)
  }

  settings(pairs: readonly (readonly [id: number, value: number])[]): void {
    this.#frame(frameType.settings, 0, 0, pairs.length * 6)
    for (const [id, value] of pairs) {
      this.#end = this.#piece.writeUInt16BE(id, this.#end)
      this.bytes += 2
      this.#uint32(value)
    }
  }

  settingsAck(): void {
    this.#frame(frameType.settings, flag.ack, 0, 0)
  }

  /** `payload` has eight bytes. */
  ping(payload: Buffer, isAck: boolean): void {
    this.#frame(frameType.ping, isAck ? flag.ack : 0, 0, 8)
    this.#copy(payload, 0, 8)
  }

  /** `words` are for people who debug the other side; ASCII. */
  goaway(lastStreamId: number, code: number, words: string): void {
    this.#frame(frameType.goaway, 0, 0, 8 + words.length)
    this.#uint32(lastStreamId)
    this.#uint32(code)
    this.#raw(words)
  }

  windowUpdate(streamId: number, increment: number): void {
    this.#frame(frameType.windowUpdate, 0, streamId, 4)
    this.#uint32(increment)
  }

  /** Bytes that are no frame: the preface. */
  preface(bytes: Buffer): void {
    this.#reserve(bytes.length)
    this.#copy(bytes, 0, bytes.length)
  }

  /** Writes the header of a frame, and makes room for what of its payload follows in the same piece. */
  #frame(type: number, flags: number, streamId: number, length: number, room = length): void {
    this.#reserve(frameHeaderBytes + room)
    const piece = this.#piece
    let at = this.#end
    piece[at++] = length >>> 16
    piece[at++] = length >>> 8
    piece[at++] = length
    piece[at++] = type
    piece[at++] = flags
    this.#end = piece.writeUInt32BE(streamId, at)
    this.bytes += frameHeaderBytes
  }

  #uint32(value: number): void {
    this.#end = this.#piece.writeUInt32BE(value, this.#end)
    this.bytes += 4
  }

  #copy(from: Buffer, start: number, end: number): void {
    this.#end += from.copy(this.#piece, this.#end, start, end)
    this.bytes += end - start
  }

  #raw(text: string): void {
    const written = this.#piece.write(text, this.#end, 'latin1')
    this.#end += written
    this.bytes += written
  }

  #reserve(bytes: number): void {
    if (this.#piece.length - this.#end >= bytes) return
    this.#cut()
    const size = Math.max(bytes, pieceBytesMin, Math.min(this.#lastBytes, 64 * 1024))
    this.#piece = Buffer.allocUnsafe(size)
    this.#start = 0
    this.#end = 0
  }

  /** Closes the piece in use: what was written goes out, and the rest of it stays in use. */
  #cut(): void {
    if (this.#end > this.#start) this.#done.push(this.#piece.subarray(this.#start, this.#end))
    this.#start = this.#end
  }
}
