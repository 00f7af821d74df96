import type { Socket } from 'node:net'
import { flushThisTurn } from './flush-turn.ts'
import { readNextTurn, workNow } from './read-turns.ts'

/** How long the other side may take to hang up as well, once it has everything. */
const lingerMs = 1_000

/** How much may wait to be sent. */
export interface TransportLimits {
  /** From this many bytes on, no more of the bodies is handed to the socket. */
  readonly pausedAboveBytes: number
  /** From this many bytes on, nothing is read either: who does not read is not answered. */
  readonly stoppedAboveBytes: number
  /** How long the other side may read nothing before the connection is cut. */
  readonly unreadMaxMs: number
}

/** What a transport needs of a connection. */
export interface Carried {
  readonly isClosed: boolean
  /** Returns what it did not look at, having done so much work already. */
  readonly receive: (chunk: Buffer, now: number, workMax: number) => Buffer | undefined
  readonly takeOutput: () => Buffer[]
  readonly pause: () => void
  readonly resume: () => void
}

export interface TransportParts {
  readonly socket: Socket
  readonly connection: Carried
  readonly limits: TransportLimits
  /** The other side is one of many, who take turns; it is told how many bytes wait for the next. */
  readonly onWaiting?: (bytes: number) => void
  /** So many bytes wait in the socket, more than it takes gladly; or none any more. */
  readonly onUnsent?: (bytes: number) => void
  /** The other side reads nothing, and is cut for it. */
  readonly onUnread?: () => void
  /** The socket is gone; with words where it did not end in order. */
  readonly onClosed: (why: string | undefined) => void
}

/** Carries the bytes of a connection over a socket, and holds back what the other side does not take. */
export class Transport {
  readonly #parts: TransportParts
  #isScheduled = false
  #isPaused = false
  #isStopped = false
  /** What came and was not looked at yet. */
  #rest: Buffer | undefined
  #isEnding = false
  /** Nothing is written any more; what still comes is thrown away. */
  #isHungUp = false
  #isClosed = false
  /** Cuts the connection when the other side reads nothing, or does not hang up. */
  #patience: NodeJS.Timeout | undefined
  #why: string | undefined

  constructor(parts: TransportParts) {
    this.#parts = parts
    const { socket } = parts
    socket.on('data', (chunk: Buffer) => this.receive(chunk))
    socket.on('drain', () => this.#drained())
    socket.on('error', (error) => {
      this.#why ??= error.message
    })
    // Node ends its side as well, and would take what is written now for an error.
    socket.on('end', () => this.#hangUp())
    socket.on('close', () => this.#closed())
    this.wake()
  }

  /** Bytes that were handed to the socket and that it still holds. */
  get unsentBytes(): number {
    return this.#parts.socket.writableLength
  }

  /** Takes bytes as if they had come from the socket. */
  receive(chunk: Buffer): void {
    if (this.#rest === undefined) return this.#read(chunk)
    this.#waits(Buffer.concat([this.#rest, chunk]))
    this.#parts.socket.pause()
  }

  /** Takes what waited for its turn. */
  readOn(): void {
    const rest = this.#rest
    if (rest === undefined) return
    this.#waits(undefined)
    this.#read(rest)
    if (this.#rest === undefined && !this.#isStopped) this.#parts.socket.resume()
  }

  #read(bytes: Buffer): void {
    if (this.#isHungUp) return
    const { connection, onWaiting, socket } = this.#parts
    const rest = connection.receive(bytes, performance.now(), onWaiting ? workNow() : Infinity)
    this.wake()
    if (rest === undefined) return
    this.#waits(rest)
    socket.pause()
    readNextTurn(this)
  }

  #waits(rest: Buffer | undefined): void {
    this.#rest = rest
    this.#parts.onWaiting?.(rest === undefined ? 0 : rest.length)
  }

  /** Sends what the connection has written, before this turn of the event loop is over. */
  wake(): void {
    if (this.#isScheduled || this.#isClosed) return
    this.#isScheduled = true
    flushThisTurn(this)
  }

  /** Sends what was written, and hangs up. */
  end(): void {
    if (this.#isEnding) return
    this.#isEnding = true
    this.wake()
  }

  /** Hangs up at once. */
  destroy(why: string | undefined): void {
    this.#why ??= why
    this.#parts.socket.destroy()
  }

  flush(): void {
    this.#isScheduled = false
    if (this.#isClosed) return
    const { connection } = this.#parts
    const output = connection.takeOutput()
    if (this.#isHungUp) return
    this.#write(output)
    if (connection.isClosed || this.#isEnding) this.#hangUp()
    else this.#holdBack()
  }

  /**
   * Sends the last words. What still comes is read and thrown away for a while, or they would be lost to a
   * RST. Who broke the rules has less time to read them.
   */
  #hangUp(): void {
    if (this.#isHungUp) return
    this.#isHungUp = true
    const { socket, connection, limits } = this.#parts
    if (connection.isClosed) this.#cutAfter(lingerMs, () => this.destroy(undefined))
    else this.#cutAfter(limits.unreadMaxMs, () => this.#unread(undefined))
    socket.end(() => this.#cutAfter(lingerMs, () => this.destroy(undefined)))
    this.#waits(undefined)
    socket.resume()
  }

  #cutAfter(ms: number, cut: () => void): void {
    clearTimeout(this.#patience)
    this.#patience = setTimeout(cut, ms)
  }

  #unread(why: string | undefined): void {
    this.#parts.onUnread?.()
    this.destroy(why)
  }

  #write(pieces: readonly Buffer[]): void {
    const { socket } = this.#parts
    const [first] = pieces
    if (first === undefined) return
    if (pieces.length === 1) {
      socket.write(first)
      return
    }
    socket.cork()
    for (const piece of pieces) socket.write(piece)
    socket.uncork()
  }

  #holdBack(): void {
    const { socket, connection, limits } = this.#parts
    const unsent = socket.writableLength
    if (socket.writableNeedDrain) this.#parts.onUnsent?.(unsent)
    if (!this.#isPaused && unsent > limits.pausedAboveBytes) {
      this.#isPaused = true
      connection.pause()
      this.#cutAfter(limits.unreadMaxMs, () => this.#unread('the other side does not read'))
    }
    if (!this.#isStopped && unsent > limits.stoppedAboveBytes) {
      this.#isStopped = true
      socket.pause()
    }
  }

  #drained(): void {
    this.#parts.onUnsent?.(0)
    if (this.#isHungUp) return
    clearTimeout(this.#patience)
    if (this.#isStopped && this.#rest === undefined) this.#parts.socket.resume()
    this.#isStopped = false
    if (!this.#isPaused) return
    this.#isPaused = false
    this.#parts.connection.resume()
    this.wake()
  }

  #closed(): void {
    this.#isClosed = true
    this.#waits(undefined)
    clearTimeout(this.#patience)
    this.#parts.onClosed(this.#why)
  }
}
