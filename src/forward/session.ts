import type { Socket } from 'node:net'
import { Connection } from '../wire/connection.ts'
import type { ConnectionHandler, ConnectionLimits } from '../wire/connection-options.ts'
import type { FieldList } from '../wire/field-list.ts'
import { errorCode } from '../wire/frames/codes.ts'
import type { Stream } from '../wire/stream.ts'
import { Transport, type TransportLimits } from '../wire/transport.ts'
import { ResetBudget } from './reset-budget.ts'

/** A call on its way, as its session sees it. */
export interface Carriage {
  readonly onHead: (list: FieldList, ends: boolean) => void
  readonly onData: (part: Buffer) => void
  readonly onTrailers: (list: FieldList) => void
  /** The upstream ended the stream in the middle, or the connection was lost. */
  readonly onBroken: (why: string) => void
  /** The upstream never looked at the call: it may go another way. */
  readonly onUnprocessed: () => void
}

export interface SessionParts {
  readonly socket: Socket
  /** The upstream said what it allows; calls may come. */
  readonly onReady: () => void
  /** It takes no more calls: it is going away, or is gone. */
  readonly onRetired: () => void
  /** There may be room for another call. */
  readonly onRoom: () => void
  /** The upstream sent GOAWAY. */
  readonly onGoaway: () => void
  /** Comes once, and last. */
  readonly onClosed: (why: string | undefined) => void
  readonly timing?: Partial<SessionTiming>
  /** How many streams it may reset. */
  readonly resets?: Pick<ResetBudget, 'take'>
}

export interface SessionTiming {
  /** How long the upstream may take to send its settings. */
  readonly readyMaxMs: number
  readonly pingIntervalMs: number
  readonly pingTimeoutMs: number
}

/** Temporal's frontend permits a ping every 10 s, also on a connection without calls. */
const timingDefault: SessionTiming = {
  readyMaxMs: 10_000,
  pingIntervalMs: 30_000,
  pingTimeoutMs: 15_000,
}

const limits: ConnectionLimits & TransportLimits = {
  streamsMax: 0,
  // The details of a failed call come in its trailers, and a larger block ends the whole session.
  headerListBytesMax: 256 * 1024,
  headerTableBytesMax: 4096,
  continuationsMax: 32,
  streamWindowBytes: 256 * 1024,
  connectionWindowBytes: 4 * 1024 * 1024,
  // The upstream is trusted not to flood, and answers many callers at once.
  idleFramesPerSecondMax: 1_000_000,
  resetsPerSecondMax: 100_000,
  settingsPerSecondMax: 100,
  pingsPerSecondMax: 1_000,
  pausedAboveBytes: 1024 * 1024,
  stoppedAboveBytes: 16 * 1024 * 1024,
  unreadMaxMs: 30_000,
}

/** One HTTP/2 connection to the upstream, over a socket that is connected. */
export class Session {
  readonly #parts: SessionParts
  readonly #connection: Connection<Carriage>
  readonly #transport: Transport
  readonly #bornAt = performance.now()
  readonly #pings: NodeJS.Timeout
  readonly #resets: Pick<ResetBudget, 'take'>
  #usedAt = this.#bornAt
  #wasUsed = false
  #isReady = false
  #isRetired = false
  #late: NodeJS.Timeout | undefined

  constructor(parts: SessionParts) {
    const { socket } = parts
    const timing = { ...timingDefault, ...parts.timing }
    this.#parts = parts
    this.#resets = parts.resets ?? new ResetBudget(this.#bornAt)
    this.#connection = new Connection({ role: 'client', limits, handler: this.#handler() })
    this.#transport = new Transport({
      socket,
      connection: this.#connection,
      limits,
      onClosed: (why) => this.#closed(why),
    })
    // The other half is still open for a moment, but nothing can be answered on it any more.
    socket.once('end', () => this.#stop())
    this.#late = setTimeout(() => {
      this.#transport.destroy('the upstream sent no settings')
    }, timing.readyMaxMs).unref()
    this.#pings = setInterval(() => this.#ping(timing.pingTimeoutMs), timing.pingIntervalMs).unref()
  }

  /** How many more calls it can take now. */
  get room(): number {
    return this.#isReady && !this.#isRetired ? this.#connection.room : 0
  }

  get calls(): number {
    return this.#connection.streams.size
  }

  /** Whether it has had a call. */
  get wasUsed(): boolean {
    return this.#wasUsed
  }

  ageMs(now: number): number {
    return now - this.#bornAt
  }

  /** How long it has had no call. */
  idleMs(now: number): number {
    return this.calls > 0 ? 0 : now - this.#usedAt
  }

  /** Sends a call. There must be room. */
  open(list: FieldList, message: readonly Buffer[], carriage: Carriage): OpenCall {
    const connection = this.#connection
    this.#wasUsed = true
    const stream: Stream<Carriage> = connection.open(list, false, carriage)
    for (const part of message) connection.sendData(stream, part)
    connection.sendEnd(stream)
    this.#transport.wake()
    return new OpenCall(this, stream)
  }

  /** The caller of a stream took so many bytes of its answer. */
  consume(stream: Stream<Carriage>, bytes: number): void {
    this.#connection.consume(stream, bytes)
    this.#transport.wake()
  }

  /**
   * Ends a stream whose answer nobody wants any more. Callers who leave by the hundred must not cost others
   * their calls, so an upstream is sent no more resets than it bears. After that the session takes no more
   * calls, what is abandoned on it is thrown away as it comes, and ends with the session.
   */
  cancel(stream: Stream<Carriage>): void {
    const connection = this.#connection
    if (this.#resets.take(performance.now())) {
      connection.reset(stream, errorCode.cancel)
    } else {
      stream.context = undefined
      connection.consume(stream, stream.unconsumed)
      this.#stop()
    }
    this.#transport.wake()
    this.#freed()
  }

  /** Takes no more calls, and hangs up when the last has ended. */
  retire(): void {
    this.#stop()
    this.#hangUpIfDone()
  }

  destroy(): void {
    this.#transport.destroy('the connection is not needed any more')
  }

  #handler(): ConnectionHandler<Carriage> {
    return {
      onHead: (stream, list, ends) => {
        stream.context?.onHead(list, ends)
        if (ends) this.#dropUnsent(stream)
      },
      onData: (stream, part, ends) => {
        if (stream.context) stream.context.onData(part)
        else this.consume(stream, part.length)
        if (!ends) return
        stream.context?.onBroken('the upstream ended an answer without a status')
        this.#dropUnsent(stream)
      },
      onTrailers: (stream, list) => {
        stream.context?.onTrailers(list)
        this.#dropUnsent(stream)
      },
      onReset: (stream, code) => {
        if (code === errorCode.refusedStream) stream.context?.onUnprocessed()
        else stream.context?.onBroken(`the stream was reset with code ${code}`)
        this.#freed()
      },
      onSent: () => undefined,
      onSettled: () => this.#freed(),
      onGoaway: (lastStreamId) => this.#goaway(lastStreamId),
      onSettings: () => this.#settings(),
      onPong: () => clearTimeout(this.#late),
      onFailure: (_code, why) => {
        this.#stop()
        this.#transport.destroy(why)
      },
    }
  }

  #settings(): void {
    // A later frame may allow more streams than the first did.
    if (this.#isReady) return this.#parts.onRoom()
    this.#isReady = true
    clearTimeout(this.#late)
    this.#parts.onReady()
  }

  #goaway(lastStreamId: number): void {
    this.#parts.onGoaway()
    this.#stop()
    for (const stream of this.#connection.streams.values()) {
      if (stream.id <= lastStreamId) continue
      this.#connection.close(stream)
      stream.context?.onUnprocessed()
    }
    this.#hangUpIfDone()
  }

  #ping(timeoutMs: number): void {
    if (!this.#isReady) return
    this.#connection.ping()
    this.#transport.wake()
    clearTimeout(this.#late)
    this.#late = setTimeout(() => {
      this.#transport.destroy('the upstream does not answer pings')
    }, timeoutMs).unref()
  }

  /** An answer may be whole before the request is: the rest of it is not wanted. RFC 9113, section 8.1. */
  #dropUnsent(stream: Stream<Carriage>): void {
    if (!stream.isLocalDone) this.cancel(stream)
  }

  #freed(): void {
    this.#usedAt = performance.now()
    this.#parts.onRoom()
    this.#hangUpIfDone()
  }

  #stop(): void {
    if (this.#isRetired) return
    this.#isRetired = true
    this.#parts.onRetired()
  }

  #hangUpIfDone(): void {
    if (!this.#isRetired) return
    for (const { context } of this.#connection.streams.values()) if (context) return
    this.#transport.end()
  }

  #closed(why: string | undefined): void {
    clearInterval(this.#pings)
    clearTimeout(this.#late)
    this.#stop()
    const lost = this.#connection.streams.values()
    this.#connection.streams.clear()
    for (const { context } of lost) context?.onBroken(why ?? 'the upstream hung up')
    this.#parts.onClosed(why)
  }
}

/** A call that was sent. */
export class OpenCall {
  readonly #session: Session
  readonly #stream: Stream<Carriage>

  constructor(session: Session, stream: Stream<Carriage>) {
    this.#session = session
    this.#stream = stream
  }

  /** The caller took so many bytes of the answer. */
  consume(bytes: number): void {
    this.#session.consume(this.#stream, bytes)
  }

  cancel(): void {
    this.#session.cancel(this.#stream)
  }
}
