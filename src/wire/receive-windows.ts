import type { FrameWriter } from './frames/frame-writer.ts'
import type { Stream } from './stream.ts'

export interface ReceiveWindowsOptions {
  readonly streamBytes: number
  readonly connectionBytes: number
  /**
   * Whether the connection's window is widened as soon as bytes come, so that one stream that nobody
   * reads does not hold up the others; each is then held by its own window.
   */
  readonly isConnectionOpen: boolean
}

/** How much the other side may send: RFC 9113, section 5.2. Windows are widened in steps of half their size. */
export class ReceiveWindows {
  readonly #writer: FrameWriter
  readonly #options: ReceiveWindowsOptions
  #window: number
  #unacknowledged = 0

  constructor(writer: FrameWriter, options: ReceiveWindowsOptions) {
    this.#writer = writer
    this.#options = options
    this.#window = options.connectionBytes
  }

  /** Counts a DATA frame against the connection; false where it is more than was allowed. */
  take(bytes: number): boolean {
    this.#window -= bytes
    if (this.#window < 0) return false
    if (this.#options.isConnectionOpen) this.#widen(bytes)
    return true
  }

  /** Counts a DATA frame against its stream; false where it is more than was allowed. */
  takeOf(stream: Stream, bytes: number): boolean {
    stream.receiveWindow -= bytes
    stream.unconsumed += bytes
    return stream.receiveWindow >= 0
  }

  /** Bytes of a stream were dealt with: as many more may come. */
  consume(stream: Stream, bytes: number): void {
    stream.unconsumed -= bytes
    if (!this.#options.isConnectionOpen) this.#widen(bytes)
    if (stream.isRemoteDone || stream.isReset) return
    stream.unacknowledged += bytes
    if (stream.unacknowledged * 2 < this.#options.streamBytes) return
    this.#writer.windowUpdate(stream.id, stream.unacknowledged)
    stream.receiveWindow += stream.unacknowledged
    stream.unacknowledged = 0
  }

  /** Bytes that belong to no stream were dealt with. */
  pass(bytes: number): void {
    if (!this.#options.isConnectionOpen) this.#widen(bytes)
  }

  /** A stream is over: what nobody will read any more counts as read. */
  release(stream: Stream): void {
    if (!this.#options.isConnectionOpen) this.#widen(stream.unconsumed)
    stream.unconsumed = 0
  }

  #widen(bytes: number): void {
    this.#unacknowledged += bytes
    if (this.#unacknowledged * 2 < this.#options.connectionBytes) return
    this.#writer.windowUpdate(0, this.#unacknowledged)
    this.#window += this.#unacknowledged
    this.#unacknowledged = 0
  }
}
