import type { FieldList } from './field-list.ts'
import { initialWindowBytes, largestCount, payloadBytesMax } from './frames/codes.ts'
import type { FrameWriter } from './frames/frame-writer.ts'
import type { HpackEncoder } from './hpack/encoder.ts'
import type { Stream } from './stream.ts'

/** What the sender tells its connection. */
export interface SenderEvents<Context> {
  /** The last frame of our side was written. */
  readonly onLocalDone: (stream: Stream<Context>) => void
  /** So many bytes of the body left the queue. */
  readonly onSent: (stream: Stream<Context>, bytes: number) => void
}

export interface SenderParts<Context> {
  readonly writer: FrameWriter
  readonly encoder: HpackEncoder
  readonly events: SenderEvents<Context>
}

/** Sends bodies as the windows of the stream and of the connection allow; streams take turns. */
export class Sender<Context> {
  readonly #parts: SenderParts<Context>
  /** What the connection's window allows, in bytes. */
  #window = initialWindowBytes
  /** Streams that could send if the connection let them, in turn; each knows whether it is among them. */
  readonly #turns: Stream<Context>[] = []
  #isPaused = false
  #hasSent = false

  constructor(parts: SenderParts<Context>) {
    this.#parts = parts
  }

  head(stream: Stream<Context>, list: FieldList, endStream: boolean): void {
    const { writer, encoder, events } = this.#parts
    this.#hasSent = true
    writer.headers(stream.id, encoder.encode(list), endStream)
    if (!endStream) return
    stream.isLocalDone = true
    events.onLocalDone(stream)
  }

  /** Queues a part of a body, and sends what may go. The bytes must not change any more. */
  body(stream: Stream<Context>, part: Buffer): void {
    if (part.length === 0) return
    if (stream.queue === undefined) stream.queue = [part]
    else stream.queue.push(part)
    stream.queuedBytes += part.length
    this.#schedule(stream)
    this.pump()
  }

  /** Ends a stream behind what is queued: with trailers, or with the last of the body. */
  end(stream: Stream<Context>, trailers: FieldList | undefined): void {
    stream.isEndQueued = true
    stream.trailers = trailers
    if (stream.queuedBytes === 0) this.#finish(stream)
  }

  /** Whether a head or a part of a body was sent since this was last asked. */
  takeHasSent(): boolean {
    const hasSent = this.#hasSent
    this.#hasSent = false
    return hasSent
  }

  /** Takes nothing more from the queues until it is resumed: the socket is behind. */
  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.pump()
  }

  /** Widens a stream's window; false where it would be wider than windows can be. */
  widenStream(stream: Stream<Context>, bytes: number): boolean {
    stream.sendWindow += bytes
    if (stream.sendWindow > largestCount) return false
    this.#schedule(stream)
    this.pump()
    return true
  }

  /**
   * Changes the windows of streams by as much as the setting has changed: RFC 9113, section 6.9.2. Only
   * then is anything sent: a stream that is opened meanwhile has the new window already.
   */
  changeAll(streams: Iterable<Stream<Context>>, bytes: number): boolean {
    for (const stream of streams) {
      stream.sendWindow += bytes
      if (stream.sendWindow > largestCount) return false
      this.#schedule(stream)
    }
    this.pump()
    return true
  }

  /** Widens the connection's window; false where it would be wider than windows can be. */
  widen(bytes: number): boolean {
    this.#window += bytes
    if (this.#window > largestCount) return false
    this.pump()
    return true
  }

  /** Forgets what a stream would still have sent, and the stream, whose turn may never come. */
  drop(stream: Stream<Context>): void {
    if (stream.isWaiting) this.#turns.splice(this.#turns.indexOf(stream), 1)
    stream.isWaiting = false
    stream.queue = undefined
    stream.queuedBytes = 0
  }

  /** Sends a frame of each stream in turn for as long as windows last. */
  pump(): void {
    while (this.#window > 0 && !this.#isPaused) {
      const stream = this.#turns.shift()
      if (stream === undefined) return
      stream.isWaiting = false
      // The window may have been lowered while the stream waited.
      if (stream.sendWindow <= 0) continue
      this.#sendPart(stream)
      this.#schedule(stream)
    }
  }

  #sendPart(stream: Stream<Context>): void {
    const { writer, events } = this.#parts
    const room = Math.min(this.#window, stream.sendWindow, payloadBytesMax)
    const part = takeFrom(stream, room)
    stream.queuedBytes -= part.length
    stream.sendWindow -= part.length
    this.#window -= part.length
    this.#hasSent = true
    const isLast = stream.queuedBytes === 0 && stream.isEndQueued
    const endStream = isLast && stream.trailers === undefined
    writer.data(stream.id, part, endStream)
    stream.isLocalDone = endStream
    events.onSent(stream, part.length)
    // Whoever is told that bytes went may have reset the stream.
    if (stream.isReset) return
    if (endStream) events.onLocalDone(stream)
    else if (isLast) this.#finish(stream)
  }

  #finish(stream: Stream<Context>): void {
    if (stream.trailers !== undefined) return this.head(stream, stream.trailers, true)
    this.#parts.writer.data(stream.id, Buffer.alloc(0), true)
    stream.isLocalDone = true
    this.#parts.events.onLocalDone(stream)
  }

  #schedule(stream: Stream<Context>): void {
    if (stream.isWaiting || stream.queuedBytes === 0 || stream.sendWindow <= 0) return
    stream.isWaiting = true
    this.#turns.push(stream)
  }
}

/** Takes the next bytes of a queue, which is not empty, and no more than there is room for. */
function takeFrom(stream: Stream, room: number): Buffer {
  const queue = stream.queue as Buffer[]
  const first = queue[0] as Buffer
  if (first.length > room) {
    queue[0] = first.subarray(room)
    return first.subarray(0, room)
  }
  if (queue.length === 1) stream.queue = undefined
  else queue.shift()
  return first
}
