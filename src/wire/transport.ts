import type { Socket } from 'node:net'
import { flushThisTurn } from './flush-turn.ts'
import { Allowance, waitInGroup, type ReadGroup } from './read-turns.ts'

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
  /** What reading has cost so far. */
  readonly work: number
  /** Returns what it did not look at, having done so much work already. */
  readonly receive: (chunk: Buffer, now: number, workMax: number) => Buffer | undefined
  readonly takeOutput: () => Buffer[]
  readonly pause: () => void
  readonly resume: () => void
}

export interface TransportTurns {
  readonly group: ReadGroup
  /** So many bytes wait for their turn; or none any more. */
  readonly onWaiting: (bytes: number) => void
}

export interface TransportParts {
  readonly socket: Socket
  readonly connection: Carried
  readonly limits: TransportLimits
  /** The other side is one of many, who take turns at being read. */
  readonly turns?: TransportTurns
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
  readonly #allowance = new Allowance()
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

  /** Bytes that came and wait for their turn; Node reads on for a while when it is told to pause. */
  get waitingBytes(): number {
    return this.#rest === undefined ? 0 : this.#rest.length + this.#parts.socket.readableLength
  }

  /** Takes bytes as if they had come from the socket. */
  receive(chunk: Buffer): void {
    if (this.#isHungUp) return
    const { turns, socket } = this.#parts
    if (turns === undefined) return void this.#read(chunk, Infinity)
    if (this.#rest !== undefined) {
      this.#keep(Buffer.concat([this.#rest, chunk]))
      socket.pause()
      return
    }
    const { left } = this.#allowance
    if (left > 0) this.#allowance.spend(this.#read(chunk, left))
    else this.#wait(chunk, turns)
  }

  /** Takes what waited for its turn, and returns what that cost. */
  readOn(workMax: number): number {
    const rest = this.#rest
    if (rest === undefined) return 0
    this.#keep(undefined)
    const work = this.#read(rest, workMax)
    if (this.#rest === undefined && !this.#isStopped) this.#parts.socket.resume()
    return work
  }

  #read(bytes: Buffer, workMax: number): number {
    const { connection, turns } = this.#parts
    const before = connection.work
    const rest = connection.receive(bytes, performance.now(), workMax)
    this.wake()
    if (turns && rest !== undefined) this.#wait(rest, turns)
    return connection.work - before
  }

  #wait(bytes: Buffer, { group }: TransportTurns): void {
    this.#parts.socket.pause()
    this.#keep(bytes)
    waitInGroup(group, this)
  }

  #keep(rest: Buffer | undefined): void {
    this.#rest = rest
    this.#parts.turns?.onWaiting(this.waitingBytes)
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
    // Nobody could be answered: calls among what waits are passed over, as if they had not come.
    this.#keep(undefined)
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
    this.#keep(undefined)
    clearTimeout(this.#patience)
    this.#parts.onClosed(this.#why)
  }
}
