import type { ConnectionOptions } from './connection-options.ts'
import type { FieldList } from './field-list.ts'
import {
  clientPreface,
  errorCode,
  initialWindowBytes,
  largestCount,
  payloadBytesMax,
  settingId,
} from './frames/codes.ts'
import { FrameReader } from './frames/frame-reader.ts'
import { FrameWriter } from './frames/frame-writer.ts'
import { HpackEncoder } from './hpack/encoder.ts'
import { MessageReceiver, type StreamTable } from './message-receiver.ts'
import { noPreface, Preface } from './preface.ts'
import { RateLimits } from './rate-limits.ts'
import { ReceiveWindows } from './receive-windows.ts'
import { Receiver } from './receiver.ts'
import { ResetIds } from './reset-ids.ts'
import { Sender } from './sender.ts'
import { initialPeerSettings, type PeerSettings } from './settings.ts'
import { Stream } from './stream.ts'
import { Streams } from './streams.ts'

/**
 * One HTTP/2 connection, RFC 9113, as a machine without a socket: bytes go in through `receive`, what
 * happens comes out through the handler, and what is to be sent through `takeOutput`.
 */
export class Connection<Context = unknown> {
  readonly peer: PeerSettings = initialPeerSettings()
  readonly streams = new Streams<Context>()
  readonly #options: ConnectionOptions<Context>
  readonly #writer = new FrameWriter()
  readonly #rates: RateLimits
  readonly #windows: ReceiveWindows
  readonly #sender: Sender<Context>
  readonly #messages: MessageReceiver<Context>
  readonly #reader: FrameReader
  /** A server's side waits for it. */
  readonly #preface: Preface | undefined
  #nextId = 1
  /** Frames that came whole. */
  framesRead = 0
  /** Where header blocks have cost so much, reading stops. */
  #workMax = Infinity
  readonly #resetIds = new ResetIds()
  #isClosed = false

  constructor(options: ConnectionOptions<Context>) {
    const { role, limits, handler } = options
    const { peer } = this
    const writer = this.#writer
    const encoder = new HpackEncoder(limits.headerTableBytesMax)
    const rates = new RateLimits(limits)
    const windows = new ReceiveWindows(writer, {
      streamBytes: limits.streamWindowBytes,
      connectionBytes: Math.max(limits.connectionWindowBytes, initialWindowBytes),
      isConnectionOpen: role === 'client',
    })
    const streams = this.#table()
    const sender = new Sender<Context>({
      writer,
      encoder,
      events: { onLocalDone: streams.settle, onSent: handler.onSent },
    })
    const messages = new MessageReceiver({ role, limits, handler, streams, windows, rates })
    const receiver = new Receiver<Context>({
      role,
      peer,
      handler,
      streams,
      messages,
      writer,
      encoder,
      sender,
      rates,
      onPeerReset: (stream, code) => {
        this.close(stream)
        handler.onReset(stream, code)
      },
    })
    this.#options = options
    this.#rates = rates
    this.#windows = windows
    this.#sender = sender
    this.#messages = messages
    this.#reader = new FrameReader(
      {
        frame: (type, flags, id, payload) => {
          this.framesRead += 1
          const found = receiver.take(type, flags, id, payload)
          if (found !== undefined) this.fail(found.code, found.why)
          return !this.#isClosed && messages.work < this.#workMax
        },
        oversized: () => this.fail(errorCode.frameSizeError, 'a frame is larger than allowed'),
      },
      payloadBytesMax,
    )
    this.#preface = role === 'server' ? new Preface() : undefined
    this.#begin()
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Bytes that wait to be taken. */
  get outputBytes(): number {
    return this.#writer.bytes
  }

  /** Id of the last stream that the other side opened, and that was looked at. */
  get lastRemoteId(): number {
    return this.#messages.lastTakenId
  }

  /** What reading has cost so far: one for each header block, and more for those with very many fields. */
  get work(): number {
    return this.#messages.work
  }

  /** Whether the rest of a frame, or of a header block, is due. */
  get isMidway(): boolean {
    return this.#reader.heldBytes > 0 || this.#messages.isInBlock
  }

  /**
   * Takes bytes from the socket. `now` is in milliseconds, on a clock that only goes forward. Once header
   * blocks have cost `workMax`, it returns the rest, to be given to it later.
   */
  receive(chunk: Buffer, now: number, workMax = Infinity): Buffer | undefined {
    if (this.#isClosed) return undefined
    this.#rates.tick(now)
    const rest = this.#preface ? this.#preface.strip(chunk) : chunk
    if (rest === undefined) return this.fail(errorCode.protocolError, noPreface) as undefined
    this.#workMax = this.#messages.work + workMax
    const taken = this.#reader.push(rest)
    return this.#isClosed || taken === rest.length ? undefined : rest.subarray(taken)
  }

  /** Takes what is to be sent, in its order. */
  takeOutput(): Buffer[] {
    return this.#writer.take()
  }

  /** How many streams may be opened now; a client's side only. */
  get room(): number {
    if (this.#isClosed || this.#nextId > largestCount) return 0
    return this.peer.streamsMax - this.streams.size
  }

  /** Opens a stream with a request's head. There must be room. */
  open(list: FieldList, ends: boolean, context: Context): Stream<Context> {
    const id = this.#nextId
    this.#nextId += 2
    const stream = this.#add(id)
    stream.context = context
    this.#sender.head(stream, list, ends)
    return stream
  }

  /** Sends a response's head. With `ends`, that is all of it. */
  sendHead(stream: Stream<Context>, list: FieldList, ends: boolean): void {
    if (this.#maySend(stream)) this.#sender.head(stream, list, ends)
  }

  /** Sends a part of a body when windows allow; `onSent` tells when it went. */
  sendData(stream: Stream<Context>, part: Buffer): void {
    if (this.#maySend(stream)) this.#sender.body(stream, part)
  }

  /** Ends our side of a stream, behind its body. */
  sendEnd(stream: Stream<Context>, trailers?: FieldList): void {
    if (this.#maySend(stream)) this.#sender.end(stream, trailers)
  }

  /** Tells the other side that so many bytes of a body were dealt with, and that as many more may come. */
  consume(stream: Stream<Context>, bytes: number): void {
    // What was not consumed when a stream ended counts as consumed already.
    const due = Math.min(bytes, stream.unconsumed)
    if (due > 0 && !this.#isClosed) this.#windows.consume(stream, due)
  }

  /** Ends a stream at once. Nothing of it reaches the handler any more. */
  reset(stream: Stream<Context>, code: number): void {
    if (stream.isReset || !this.streams.has(stream.id)) return
    if (!this.#isClosed) this.#writer.reset(stream.id, code)
    // Nothing more can come of a stream whose end has come.
    if (!stream.isRemoteDone) this.#resetIds.add(stream.id)
    this.close(stream)
  }

  /** Forgets a stream that is over. */
  close(stream: Stream<Context>): void {
    stream.isReset = true
    this.#sender.drop(stream)
    this.#windows.release(stream)
    this.streams.delete(stream.id)
  }

  /** Sends a ping; `onPong` tells of its answer. */
  ping(): void {
    if (!this.#isClosed) this.#writer.ping(Buffer.alloc(8), false)
  }

  /** Says that no streams above the last one, or any, will be looked at. RFC 9113, section 6.8. */
  goaway(code: number, why: string, lastStreamId = this.lastRemoteId): void {
    if (!this.#isClosed) this.#writer.goaway(lastStreamId, code, why)
  }

  /** From now on streams above this id are passed over, as a GOAWAY has said. */
  refuseAbove(id: number): void {
    this.#messages.idMax = id
  }

  /** Stops and resumes sending bodies, as the socket can take them. */
  pause(): void {
    this.#sender.pause()
  }

  resume(): void {
    if (!this.#isClosed) this.#sender.resume()
  }

  /** Ends the connection for what the other side did. */
  fail(code: number, why: string): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#sender.pause()
    this.#writer.goaway(this.lastRemoteId, code, why)
    this.#options.handler.onFailure(code, why)
  }

  /** The preface of our side: RFC 9113, section 3.4. */
  #begin(): void {
    const { role, limits } = this.#options
    if (role === 'client') this.#writer.preface(clientPreface)
    this.#writer.settings([
      [settingId.headerTableSize, limits.headerTableBytesMax],
      role === 'client'
        ? [settingId.enablePush, 0]
        : [settingId.maxConcurrentStreams, limits.streamsMax],
      [settingId.initialWindowSize, limits.streamWindowBytes],
      [settingId.maxHeaderListSize, limits.headerListBytesMax],
    ])
    const wider = limits.connectionWindowBytes - initialWindowBytes
    if (wider > 0) this.#writer.windowUpdate(0, wider)
  }

  #table(): StreamTable<Context> & { readonly all: () => Iterable<Stream<Context>> } {
    const { streams } = this
    return {
      get: (id) => streams.get(id),
      all: () => streams.values(),
      count: () => streams.size,
      add: (id) => this.#add(id),
      resetFor: (stream, code) => this.#resetFor(stream, code),
      passesOver: (id, ends) => this.#resetIds.passesOver(id, ends),
      isIdle: (id) =>
        id % 2 === 0 ||
        id > (this.#options.role === 'server' ? this.#messages.lastRemoteId : this.#nextId - 2),
      settle: (stream) => {
        if (stream.isRemoteDone && stream.isLocalDone) this.#settle(stream)
      },
    }
  }

  #add(id: number): Stream<Context> {
    const window = Math.max(this.#options.limits.streamWindowBytes, initialWindowBytes)
    const stream = new Stream<Context>(id, this.peer.initialWindowBytes, window)
    this.streams.add(stream)
    return stream
  }

  #settle(stream: Stream<Context>): void {
    // Whoever was told of the last frame may have ended or reset the stream meanwhile.
    if (!this.streams.delete(stream.id)) return
    this.#windows.release(stream)
    this.#options.handler.onSettled(stream)
  }

  #maySend(stream: Stream<Context>): boolean {
    return !this.#isClosed && !stream.isReset && !stream.isLocalDone && !stream.isEndQueued
  }

  /** Streams that the other side makes us reset count as if it had: CVE-2025-8671. */
  #resetFor(stream: Stream<Context>, code: number): void {
    const isKnown = stream.hasHead || this.#options.role === 'client'
    this.reset(stream, code)
    if (isKnown) this.#options.handler.onReset(stream, code)
    if (!this.#rates.allows('reset')) {
      this.fail(errorCode.enhanceYourCalm, 'too many streams had to be reset')
    }
  }
}
