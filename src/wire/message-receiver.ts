import type { ConnectionHandler, ConnectionLimits } from './connection-options.ts'
import { fault, type Fault } from './fault.ts'
import { errorCode, flag, largestCount } from './frames/codes.ts'
import { HeaderAssembly } from './header-assembly.ts'
import { HpackDecoder, type FieldBlock } from './hpack/decoder.ts'
import { declaredLength, hasNoPseudoFields, isMessageHead, valueOf } from './message-head.ts'
import { withoutPadding } from './padding.ts'
import type { RateLimits } from './rate-limits.ts'
import type { ReceiveWindows } from './receive-windows.ts'
import type { Stream } from './stream.ts'

/** What a receiver of messages does to the streams of its connection. */
export interface StreamTable<Context> {
  readonly get: (id: number) => Stream<Context> | undefined
  readonly count: () => number
  readonly add: (id: number) => Stream<Context>
  /** Resets a stream for what the other side did, and tells the handler if it knows the stream. */
  readonly resetFor: (stream: Stream<Context>, code: number) => void
  /**
   * Whether a stream was reset by us not long ago, so that frames for it may still come. With `ends`, this
   * one is the last of them.
   */
  readonly passesOver: (id: number, ends: boolean) => boolean
  /** Whether no stream of this id was ever opened. */
  readonly isIdle: (id: number) => boolean
  readonly settle: (stream: Stream<Context>) => void
}

export interface MessageReceiverParts<Context> {
  readonly role: 'server' | 'client'
  readonly limits: ConnectionLimits
  readonly handler: ConnectionHandler<Context>
  readonly streams: StreamTable<Context>
  readonly windows: ReceiveWindows
  readonly rates: RateLimits
}

/** The table that the other side starts with, whatever our settings say: RFC 9113, section 6.5.2. */
const initialTableBytes = 4096

const { protocolError, streamClosed, flowControlError, compressionError } = errorCode

/** A header block of so many fields, or fewer, counts as one piece of work; larger ones as several. */
const fieldsPerWork = 32

/** Takes the frames that carry messages: HEADERS, CONTINUATION and DATA. */
export class MessageReceiver<Context> {
  /** Id of the last stream that the other side opened. */
  lastRemoteId = 0
  /** Streams above this one are passed over, as our GOAWAY said. */
  idMax = Infinity
  /** What header blocks have cost so far: one for each, and more for those with very many fields. */
  work = 0
  readonly #parts: MessageReceiverParts<Context>
  readonly #decoder: HpackDecoder
  readonly #assembly: HeaderAssembly
  /** The priority of the block that is coming in names its own stream. */
  #isSelfDependent = false

  constructor(parts: MessageReceiverParts<Context>) {
    const { limits } = parts
    this.#parts = parts
    this.#decoder = new HpackDecoder({
      tableBytesMax: Math.max(limits.headerTableBytesMax, initialTableBytes),
      listBytesMax: limits.headerListBytesMax,
    })
    this.#assembly = new HeaderAssembly({
      continuationsMax: limits.continuationsMax,
      blockBytesMax: limits.headerListBytesMax,
    })
  }

  /** Id of the last stream that the other side opened and that was not passed over. */
  get lastTakenId(): number {
    return Math.min(this.lastRemoteId, this.idMax)
  }

  /** Whether the rest of a header block is due, so that nothing else may come. */
  get isInBlock(): boolean {
    return this.#assembly.pending !== undefined
  }

  /** RFC 9113, section 6.2. */
  headers(flags: number, id: number, payload: Buffer): Fault | undefined {
    if (id === 0 || (this.#parts.role === 'server' && id % 2 === 0)) {
      return fault(protocolError, 'HEADERS on a stream that the other side cannot open')
    }
    let block = withoutPadding(flags, payload)
    if (block === undefined) return fault(protocolError, 'HEADERS with too much padding')
    this.#isSelfDependent = false
    if ((flags & flag.priority) !== 0) {
      if (block.length < 5) return fault(errorCode.frameSizeError, 'HEADERS without its priority')
      this.#isSelfDependent = (block.readUInt32BE(0) & largestCount) === id
      block = block.subarray(5)
    }
    const endStream = (flags & flag.endStream) !== 0
    if ((flags & flag.endHeaders) !== 0) return this.#block(id, endStream, block)
    const code = this.#assembly.begin({ streamId: id, endStream }, block)
    return code === undefined ? undefined : fault(code, 'a header block is too large')
  }

  /** RFC 9113, section 6.10. */
  continuation(flags: number, id: number, payload: Buffer): Fault | undefined {
    const { pending } = this.#assembly
    if (pending?.streamId !== id) return fault(protocolError, 'CONTINUATION of no header block')
    const code = this.#assembly.add(payload)
    if (code !== undefined) return fault(code, 'a header block is too large')
    if ((flags & flag.endHeaders) === 0) return undefined
    return this.#block(id, pending.endStream, this.#assembly.take())
  }

  /** RFC 9113, section 6.1. */
  data(flags: number, id: number, payload: Buffer): Fault | undefined {
    const { streams, windows, rates } = this.#parts
    if (id === 0) return fault(protocolError, 'DATA on no stream')
    if (!windows.take(payload.length)) {
      return fault(flowControlError, 'more DATA than the window of the connection allows')
    }
    const part = withoutPadding(flags, payload)
    if (part === undefined) return fault(protocolError, 'DATA with too much padding')
    const ends = (flags & flag.endStream) !== 0
    if (part.length <= 1 && !ends && !rates.allows('idle')) {
      return fault(errorCode.enhanceYourCalm, 'too many frames that carry nothing')
    }
    const stream = streams.get(id)
    if (stream !== undefined) return this.#dataOf(stream, { part, ends, length: payload.length })
    windows.pass(payload.length)
    if (streams.isIdle(id)) return fault(protocolError, 'DATA on a stream that is not open')
    return this.#passesOver(id, ends)
      ? undefined
      : fault(streamClosed, 'DATA on a stream that is over')
  }

  #dataOf(
    stream: Stream<Context>,
    { part, ends, length }: { part: Buffer; ends: boolean; length: number },
  ): undefined {
    const { streams, windows, handler } = this.#parts
    const isAllowed = windows.takeOf(stream, length)
    if (stream.isRemoteDone) return streams.resetFor(stream, streamClosed) as undefined
    if (!stream.hasHead) return streams.resetFor(stream, protocolError) as undefined
    if (!isAllowed) return streams.resetFor(stream, flowControlError) as undefined
    stream.lengthReceived += part.length
    if (!hasItsLength(stream, ends)) return streams.resetFor(stream, protocolError) as undefined
    stream.isRemoteDone = ends
    if (length > part.length) windows.consume(stream, length - part.length)
    handler.onData(stream, part, ends)
    if (ends) streams.settle(stream)
    return undefined
  }

  /** A whole header block. It is decoded whatever becomes of it, since the tables of both sides go on. */
  #block(id: number, ends: boolean, block: Buffer): Fault | undefined {
    const fields = this.#decoder.decode(block)
    if (fields === undefined) return fault(compressionError, 'a header block cannot be decoded')
    this.work += 1 + Math.floor(fields.list.length / (2 * fieldsPerWork))
    const { streams, role } = this.#parts
    const stream = streams.get(id)
    if (stream === undefined) {
      if (role === 'server' && id > this.lastRemoteId) return this.#newStream(id, ends, fields)
      if (streams.isIdle(id)) return fault(protocolError, 'HEADERS on a stream that is not open')
      return this.#passesOver(id, ends)
        ? undefined
        : fault(streamClosed, 'HEADERS on a stream that is over')
    }
    if (stream.isRemoteDone) streams.resetFor(stream, streamClosed)
    else if (stream.hasHead) this.#trailers(stream, ends, fields)
    else return this.#responseHead(stream, ends, fields)
    return undefined
  }

  /** Frames that come late: what they belong to was reset, or was never taken. */
  #passesOver(id: number, ends: boolean): boolean {
    return id > this.idMax || this.#parts.streams.passesOver(id, ends)
  }

  #newStream(id: number, ends: boolean, fields: FieldBlock): Fault | undefined {
    const { streams, limits, handler } = this.#parts
    this.lastRemoteId = id
    if (id > this.idMax) return undefined
    const isTooMany = streams.count() >= limits.streamsMax
    const stream = streams.add(id)
    if (isTooMany) return streams.resetFor(stream, errorCode.refusedStream) as undefined
    if (fields.isTooLarge) return streams.resetFor(stream, errorCode.enhanceYourCalm) as undefined
    const length = declaredLength(fields.list)
    const isHead = fields.isLegal && isMessageHead(fields.list, 'request')
    if (!isHead || length === undefined || this.#isSelfDependent || (ends && length > 0)) {
      return streams.resetFor(stream, protocolError) as undefined
    }
    this.#begin(stream, length, ends)
    handler.onHead(stream, fields.list, ends)
    return undefined
  }

  #responseHead(stream: Stream<Context>, ends: boolean, fields: FieldBlock): Fault | undefined {
    const { streams, rates, handler } = this.#parts
    const length = declaredLength(fields.list)
    const isHead = fields.isLegal && isMessageHead(fields.list, 'response')
    if (!isHead || length === undefined || fields.isTooLarge || this.#isSelfDependent) {
      return streams.resetFor(stream, protocolError) as undefined
    }
    const status = valueOf(fields.list, ':status') as string
    const isInterim = status < '200'
    // HTTP/2 has no 101: RFC 9113, section 8.6.
    if (!/^[1-9][0-9]{2}$/.test(status) || (isInterim && ends) || status === '101') {
      return streams.resetFor(stream, protocolError) as undefined
    }
    if (isInterim) {
      // They say nothing that gRPC knows of.
      return rates.allows('idle')
        ? undefined
        : fault(errorCode.enhanceYourCalm, 'too many interim responses')
    }
    this.#begin(stream, length, ends)
    handler.onHead(stream, fields.list, ends)
    if (ends) streams.settle(stream)
    return undefined
  }

  #begin(stream: Stream<Context>, length: number, ends: boolean): void {
    stream.hasHead = true
    stream.lengthDeclared = length
    stream.isRemoteDone = ends
  }

  #trailers(stream: Stream<Context>, ends: boolean, fields: FieldBlock): void {
    const { streams, handler } = this.#parts
    const isLegal = fields.isLegal && !fields.isTooLarge && hasNoPseudoFields(fields.list)
    if (!ends || !isLegal || !hasItsLength(stream, true) || this.#isSelfDependent) {
      return streams.resetFor(stream, protocolError)
    }
    stream.isRemoteDone = true
    handler.onTrailers(stream, fields.list)
    streams.settle(stream)
  }
}

/** Whether the body is not longer than declared and, at its end, not shorter: RFC 9113, section 8.1.1. */
function hasItsLength(stream: Stream, ends: boolean): boolean {
  const { lengthDeclared, lengthReceived } = stream
  if (lengthDeclared < 0) return true
  return ends ? lengthReceived === lengthDeclared : lengthReceived <= lengthDeclared
}
