import { errorCode } from './frames/codes.ts'
import { keptCopy } from './kept-copy.ts'

/** A header block that is coming in, and what its first frame said. */
export interface PendingBlock {
  readonly streamId: number
  readonly endStream: boolean
}

export interface HeaderAssemblyOptions {
  /** Most CONTINUATION frames of one block. */
  readonly continuationsMax: number
  /** Most bytes of one block as it is sent. */
  readonly blockBytesMax: number
}

/**
 * Puts the parts of a header block together, within limits: CONTINUATION frames without end have been
 * used to exhaust servers (VU#421644).
 */
export class HeaderAssembly {
  readonly #options: HeaderAssemblyOptions
  #pending: PendingBlock | undefined
  #parts: Buffer[] = []
  #bytes = 0

  constructor(options: HeaderAssemblyOptions) {
    this.#options = options
  }

  /** The block whose rest is yet to come; until then nothing else may. */
  get pending(): PendingBlock | undefined {
    return this.#pending
  }

  /** Keeps the first part of a block. */
  begin(pending: PendingBlock, part: Buffer): number | undefined {
    this.#pending = pending
    this.#parts = []
    this.#bytes = 0
    return this.add(part)
  }

  /** Keeps one more part; returns the error code where that is one too many. */
  add(part: Buffer): number | undefined {
    this.#bytes += part.length
    const { continuationsMax, blockBytesMax } = this.#options
    if (this.#parts.length > continuationsMax || this.#bytes > blockBytesMax) {
      return errorCode.enhanceYourCalm
    }
    this.#parts.push(keptCopy(part))
    return undefined
  }

  /** The whole block. */
  take(): Buffer {
    const block = Buffer.concat(this.#parts)
    this.#pending = undefined
    this.#parts = []
    return block
  }
}
