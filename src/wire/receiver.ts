import type { ConnectionHandler } from './connection-options.ts'
import { fault, type Fault } from './fault.ts'
import { errorCode, flag, frameType, largestCount } from './frames/codes.ts'
import type { FrameWriter } from './frames/frame-writer.ts'
import type { HpackEncoder } from './hpack/encoder.ts'
import type { MessageReceiver, StreamTable } from './message-receiver.ts'
import type { RateLimits } from './rate-limits.ts'
import type { Sender } from './sender.ts'
import { applySettings, enablesPush, headerTableSizesIn, type PeerSettings } from './settings.ts'
import type { Stream } from './stream.ts'

export interface ReceiverParts<Context> {
  readonly role: 'server' | 'client'
  readonly peer: PeerSettings
  readonly handler: ConnectionHandler<Context>
  readonly streams: StreamTable<Context> & { readonly all: () => Iterable<Stream<Context>> }
  readonly messages: MessageReceiver<Context>
  readonly writer: FrameWriter
  readonly encoder: HpackEncoder
  readonly sender: Sender<Context>
  readonly rates: RateLimits
  /** The other side reset a stream. */
  readonly onPeerReset: (stream: Stream<Context>, code: number) => void
}

const { protocolError, frameSizeError, flowControlError, enhanceYourCalm } = errorCode

/** A window that is widened by less than this at a time costs more than it moves. */
const smallIncrementBytes = 256

/** Takes frames, one after the other, and does what they say: RFC 9113, section 6. */
export class Receiver<Context> {
  readonly #parts: ReceiverParts<Context>
  #hasSettings = false

  constructor(parts: ReceiverParts<Context>) {
    this.#parts = parts
  }

  /** Takes one frame, and says why the connection must end where it must. */
  take(type: number, flags: number, id: number, payload: Buffer): Fault | undefined {
    const { messages } = this.#parts
    const isFirst = type === frameType.settings && (flags & flag.ack) === 0
    if (!this.#hasSettings && !isFirst) {
      return fault(protocolError, 'the first frame is not SETTINGS')
    }
    if (messages.isInBlock && type !== frameType.continuation) {
      return fault(protocolError, 'a header block is interrupted')
    }
    switch (type) {
      case frameType.data:
        return messages.data(flags, id, payload)
      case frameType.headers:
        return messages.headers(flags, id, payload)
      case frameType.continuation:
        return messages.continuation(flags, id, payload)
      case frameType.windowUpdate:
        return this.#windowUpdate(id, payload)
      case frameType.reset:
        return this.#reset(id, payload)
      case frameType.settings:
        return this.#settings(flags, id, payload)
      case frameType.ping:
        return this.#ping(flags, id, payload)
      case frameType.goaway:
        return this.#goaway(id, payload)
      case frameType.priority:
        return this.#priority(id, payload)
      case frameType.pushPromise:
        return fault(protocolError, 'PUSH_PROMISE, which was never allowed')
      default:
        return this.#idle('unknown')
    }
  }

  #windowUpdate(id: number, payload: Buffer): Fault | undefined {
    const { streams, sender, rates } = this.#parts
    if (payload.length !== 4) return fault(frameSizeError, 'WINDOW_UPDATE has not four bytes')
    const increment = payload.readUInt32BE(0) & largestCount
    if (increment < smallIncrementBytes && !rates.allows('idle')) {
      return fault(enhanceYourCalm, 'too many small WINDOW_UPDATEs')
    }
    if (id === 0) {
      if (increment === 0) return fault(protocolError, 'WINDOW_UPDATE by nothing')
      if (sender.widen(increment)) return undefined
      return fault(flowControlError, 'the window of the connection is too wide')
    }
    if (streams.isIdle(id)) return fault(protocolError, 'WINDOW_UPDATE of a stream not open')
    const stream = streams.get(id)
    if (stream === undefined) {
      return increment === 0 ? fault(protocolError, 'WINDOW_UPDATE by nothing') : undefined
    }
    if (increment === 0) streams.resetFor(stream, protocolError)
    else if (!sender.widenStream(stream, increment)) streams.resetFor(stream, flowControlError)
    return undefined
  }

  #reset(id: number, payload: Buffer): Fault | undefined {
    const { streams, rates, onPeerReset } = this.#parts
    if (payload.length !== 4) return fault(frameSizeError, 'RST_STREAM has not four bytes')
    if (id === 0 || streams.isIdle(id)) return fault(protocolError, 'RST_STREAM of no stream')
    if (!rates.allows('reset')) return fault(enhanceYourCalm, 'too many streams were reset')
    const stream = streams.get(id)
    if (stream !== undefined) onPeerReset(stream, payload.readUInt32BE(0))
    else streams.passesOver(id, true)
    return undefined
  }

  #settings(flags: number, id: number, payload: Buffer): Fault | undefined {
    const { role, peer, rates, writer, encoder, streams, sender, handler } = this.#parts
    if (id !== 0) return fault(protocolError, 'SETTINGS on a stream')
    if ((flags & flag.ack) !== 0) {
      if (payload.length > 0) return fault(frameSizeError, 'SETTINGS that acknowledge and say')
      return this.#idle('SETTINGS')
    }
    if (!rates.allows('settings')) return fault(enhanceYourCalm, 'too many SETTINGS')
    const before = peer.initialWindowBytes
    const wrong = applySettings(payload, peer)
    if (wrong !== undefined) return fault(wrong, 'SETTINGS that are not allowed')
    // Only 0 makes sense of a server: RFC 9113, section 6.5.2.
    if (role === 'client' && enablesPush(payload)) {
      return fault(protocolError, 'a server enables push')
    }
    for (const bytes of headerTableSizesIn(payload)) encoder.limit(bytes)
    // The acknowledgement goes before anything that the new settings allow.
    writer.settingsAck()
    const change = peer.initialWindowBytes - before
    if (change !== 0 && !sender.changeAll(streams.all(), change)) {
      return fault(flowControlError, 'SETTINGS make the window of a stream too wide')
    }
    this.#hasSettings = true
    handler.onSettings()
    return undefined
  }

  #ping(flags: number, id: number, payload: Buffer): Fault | undefined {
    const { rates, writer, sender, handler } = this.#parts
    if (id !== 0) return fault(protocolError, 'PING on a stream')
    if (payload.length !== 8) return fault(frameSizeError, 'PING has not eight bytes')
    if ((flags & flag.ack) !== 0) {
      handler.onPong()
      return this.#idle('PING')
    }
    // gRPC's libraries measure a connection by a PING for what they receive, again as soon as it comes
    // back. Like their own servers, we count only those that nothing was sent before.
    if (!sender.takeHasSent() && !rates.allows('ping'))
      return fault(enhanceYourCalm, 'too many PINGs')
    writer.ping(payload, true)
    return undefined
  }

  #goaway(id: number, payload: Buffer): Fault | undefined {
    if (id !== 0) return fault(protocolError, 'GOAWAY on a stream')
    if (payload.length < 8) return fault(frameSizeError, 'GOAWAY has less than eight bytes')
    this.#parts.handler.onGoaway(payload.readUInt32BE(0) & largestCount, payload.readUInt32BE(4))
    return this.#idle('GOAWAY')
  }

  /** Counts a frame that asks for nothing. */
  #idle(name: string): Fault | undefined {
    const isAllowed = this.#parts.rates.allows('idle')
    return isAllowed ? undefined : fault(enhanceYourCalm, `too many ${name} frames`)
  }

  /**
   * Priorities are no longer looked at, RFC 9113, section 5.3.2, but must be well formed. What is wrong
   * on a stream that is not open can only be told to the connection.
   */
  #priority(id: number, payload: Buffer): Fault | undefined {
    const { streams } = this.#parts
    if (id === 0) return fault(protocolError, 'PRIORITY on no stream')
    const isWhole = payload.length === 5
    if (isWhole && (payload.readUInt32BE(0) & largestCount) !== id) return this.#idle('PRIORITY')
    const code = isWhole ? protocolError : frameSizeError
    const stream = streams.get(id)
    if (stream === undefined) return fault(code, 'PRIORITY that is malformed')
    streams.resetFor(stream, code)
    return undefined
  }
}
