import type { Socket } from 'node:net'
import type { Credential } from '../core/credential.ts'
import type { ListenLimits } from '../config/settings.ts'
import { Connection } from '../wire/connection.ts'
import type { ConnectionHandler } from '../wire/connection-options.ts'
import type { FieldList } from '../wire/field-list.ts'
import { errorCode, largestCount } from '../wire/frames/codes.ts'
import type { Stream } from '../wire/stream.ts'
import { valueOf } from '../wire/message-head.ts'
import { Transport } from '../wire/transport.ts'
import type { Arrival } from './arrival.ts'
import { CallerCall, type CallerCallParts } from './caller-call.ts'
import { healthCheckPath } from './health.ts'
import { Measure, type HeldBytes, type Share } from './held-bytes.ts'
import { callerLimits } from './limits.ts'
import { otherThanGrpc } from './other-than-grpc.ts'
import { wireRefusalOf, type WireRefusal } from './wire-refusal.ts'

export interface CallerConnectionParts {
  readonly socket: Socket
  readonly limits: ListenLimits
  readonly held: HeldBytes
  /** Takes a call from here; `release` is to be called once it was dealt with. */
  readonly take: (arrival: Arrival, call: Pick<CallerCall, 'answer' | 'release'>) => void
  /** What the connection, or a stream of it, was ended for, where that was the caller's doing. */
  readonly observe: (reason: WireRefusal, why?: string) => void
  readonly onClosed: () => void
}

/** Who leaves this much in its socket, or sends this much ahead, goes first when too much is held for it. */
const unreadBytesShed = 64 * 1024
const waitingBytesShed = 16 * 1024

/** So many times the calls of one connection may wait to be recorded for one address. */
const undecidedPerConnection = 8

const goingAway = 'the server is going away'

/** A caller's HTTP/2 connection. */
export class CallerConnection {
  readonly #parts: CallerConnectionParts
  readonly #connection: Connection<CallerCall>
  readonly #callParts: CallerCallParts
  readonly #transport: Transport
  readonly #share: Share
  readonly #bornAt = performance.now()
  /** What the socket holds, and what waits for its turn, as they were counted last. */
  readonly #unsent: Measure
  readonly #waiting: Measure
  /** When the last frame was whole, and how many there were. */
  #wholeAt = this.#bornAt
  #frames = 0
  /** Why we end the connection, where no frame was the reason. */
  #reason: WireRefusal | undefined
  /** What the last call presented. */
  #credential: Credential | undefined
  #hasGreeted = false
  #bytesRead = 0
  #activeAt = this.#bornAt
  #isDraining = false
  /** The caller knows which calls were its last. */
  #isLast = false

  constructor(parts: CallerConnectionParts) {
    const { socket } = parts
    const limits = callerLimits(parts.limits)
    this.#parts = parts
    this.#connection = new Connection({ role: 'server', limits, handler: this.#handler() })
    const peer = socket.remoteAddress ?? ''
    this.#share = parts.held.share(peer)
    this.#unsent = new Measure(this.#share)
    this.#waiting = new Measure(this.#share)
    this.#callParts = {
      connection: this.#connection,
      peer,
      wake: () => this.#transport.wake(),
      share: this.#share,
      bodyMaxMs: parts.limits.bodyMaxMs,
      observe: parts.observe,
    }
    this.#transport = new Transport({
      socket,
      connection: this.#connection,
      limits,
      turns: { group: this.#share.readers, onWaiting: (bytes) => this.#countWaiting(bytes) },
      onUnsent: (bytes) => this.#countUnsent(bytes),
      onUnread: () => parts.observe('unread', 'the socket took nothing'),
      onClosed: () => this.#closed(),
    })
  }

  /** Takes bytes that were read from the socket before. */
  receive(bytes: Buffer): void {
    this.#transport.receive(bytes)
  }

  /** Calls that have not ended. */
  get streams(): number {
    return this.#connection.streams.size
  }

  /** Tells the caller to go elsewhere, and hangs up once its calls have ended. */
  drain(): void {
    if (this.#isDraining) return
    this.#isDraining = true
    this.#connection.goaway(errorCode.noError, goingAway, largestCount)
    this.#connection.ping()
    this.#transport.wake()
  }

  /** To be asked now and then: ends what takes too long. `now` is that of `performance.now`. */
  check(now: number): void {
    const { limits, socket, observe } = this.#parts
    if (socket.bytesRead !== this.#bytesRead) {
      this.#bytesRead = socket.bytesRead
      this.#activeAt = now
    }
    if (!this.#hasGreeted && now - this.#bornAt > limits.greetingMaxMs) {
      observe('greeting')
      return this.#transport.destroy('no settings came in time')
    }
    // No token stays longer than the calls that it came with.
    if (this.streams === 0) this.#credential = undefined
    this.#countUnsent(this.#transport.unsentBytes)
    this.#countWaiting(this.#transport.waitingBytes)
    this.#checkFrames(now)
    for (const { context } of this.#connection.streams.values()) {
      context?.answer.check(now, limits.unreadMaxMs)
      // Others may have come since, and what each may hold is less.
      if (this.#share.isFarOver) context?.answer.shed()
    }
    if (this.streams > 0 || now - this.#activeAt <= limits.idleMaxMs) return
    observe('idle')
    this.#finish('the connection was idle')
  }

  /** A frame, or a header block, that never becomes whole is held for as long. */
  #checkFrames(now: number): void {
    const { framesRead, isMidway } = this.#connection
    if (!isMidway || framesRead !== this.#frames) {
      this.#frames = framesRead
      this.#wholeAt = now
    } else if (now - this.#wholeAt > this.#parts.limits.bodyMaxMs) {
      this.#reason = 'body_time'
      this.#connection.fail(errorCode.enhanceYourCalm, 'a frame or a header block took too long')
    }
  }

  #countUnsent(bytes: number): void {
    this.#unsent.set(bytes)
    if (bytes >= unreadBytesShed) this.#shed('too much is held, and this caller does not read')
  }

  #countWaiting(bytes: number): void {
    this.#waiting.set(bytes)
    if (bytes >= waitingBytesShed) this.#shed('too much is held, and this caller has sent more')
  }

  /** Where far too much is held for a caller who does its part to that, it has to go. */
  #shed(why: string): void {
    if (!this.#share.isFarOver) return
    this.#parts.observe('overloaded')
    this.#transport.destroy(why)
  }

  #handler(): ConnectionHandler<CallerCall> {
    return {
      onHead: (stream, list, ends) => this.#head(stream, list, ends),
      onData: (stream, part, ends) => stream.context?.take(part, ends),
      onTrailers: (stream) => stream.context?.take(Buffer.alloc(0), true),
      onReset: (stream) => {
        stream.context?.leave()
        this.#hangUpIfDone()
      },
      onSent: (stream, bytes) => stream.context?.answer.sent(bytes),
      onGoaway: () => undefined,
      onSettings: () => {
        this.#hasGreeted = true
      },
      onPong: () => {
        if (this.#isDraining) this.#finish(goingAway)
      },
      onFailure: (code, why) => {
        this.#parts.observe(this.#reason ?? wireRefusalOf(code), why)
        // No answer goes out any more, though the socket stays for a moment.
        this.#leaveAll()
        this.#transport.wake()
      },
      onSettled: () => this.#hangUpIfDone(),
    }
  }

  #head(stream: Stream<CallerCall>, list: FieldList, ends: boolean): void {
    const connection = this.#connection
    const other = otherThanGrpc(list)
    if (other !== undefined) {
      connection.sendHead(stream, other, true)
      if (!ends) connection.reset(stream, errorCode.noError)
      return
    }
    const { observe, take } = this.#parts
    if (this.#isShed(list)) {
      // There is no room even for a refusal with its entry; whoever meant well may try again.
      observe('overloaded')
      connection.reset(stream, errorCode.refusedStream)
      return
    }
    const call = new CallerCall(this.#callParts, stream)
    const arrival = call.arrive(list, this.#credential)
    stream.context = call
    this.#credential = arrival.credential
    if (ends) call.take(Buffer.alloc(0), true)
    take(arrival, call)
  }

  /**
   * Whether a call is not even looked at. Who has thousands of calls at once, or opens them and leaves at once, on
   * connection after connection, would have all of them recorded before anybody else's.
   */
  #isShed(list: FieldList): boolean {
    const { isFarOver, leftCalls, undecidedCalls } = this.#share
    if (isFarOver) return true
    const { streamsMax } = this.#parts.limits
    const isTooMany = leftCalls > streamsMax || undecidedCalls > undecidedPerConnection * streamsMax
    // Nobody records health checks, and a balancer has its answer whatever others do behind it.
    return isTooMany && valueOf(list, ':path') !== healthCheckPath
  }

  /** Only now is it certain which calls the caller sent before it knew: RFC 9113, section 6.8. */
  #finish(why: string): void {
    if (this.#isLast) return
    this.#isLast = true
    this.#connection.refuseAbove(this.#connection.lastRemoteId)
    this.#connection.goaway(errorCode.noError, why)
    this.#transport.wake()
    this.#hangUpIfDone()
  }

  #hangUpIfDone(): void {
    if (this.#isLast && this.streams === 0) this.#transport.end()
  }

  #leaveAll(): void {
    for (const { context } of this.#connection.streams.values()) context?.leave()
  }

  #closed(): void {
    this.#leaveAll()
    this.#connection.streams.clear()
    this.#unsent.set(0)
    this.#share.close()
    this.#parts.onClosed()
  }
}
