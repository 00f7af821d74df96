import { clientPreface } from './frames/codes.ts'

/** What is said to whoever sends something else. */
export const noPreface = 'this is not the preface of HTTP/2'

/** Waits for what a client sends first: RFC 9113, section 3.4. */
export class Preface {
  #left: Buffer = clientPreface

  /** Takes the next bytes, and returns those behind the preface; undefined where this is none. */
  strip(chunk: Buffer): Buffer | undefined {
    if (this.#left.length === 0) return chunk
    const length = Math.min(chunk.length, this.#left.length)
    if (!chunk.subarray(0, length).equals(this.#left.subarray(0, length))) return undefined
    this.#left = this.#left.subarray(length)
    return chunk.subarray(length)
  }
}
