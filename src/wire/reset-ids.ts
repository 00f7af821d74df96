/** How many streams are remembered; ids are small, and those of streams that went on to end are forgotten. */
const rememberedMax = 1000

/**
 * Ids of streams that we reset before the other side had ended them. It may have sent more before it knew,
 * which is passed over: RFC 9113, section 5.1. Anything on another stream that is over is an error.
 */
export class ResetIds {
  readonly #ids = new Set<number>()

  /** Remembers one; the oldest is forgotten where there are too many. */
  add(id: number): void {
    this.#ids.add(id)
    if (this.#ids.size > rememberedMax) this.#ids.delete(this.#ids.values().next().value as number)
  }

  /** Whether a frame of this stream is passed over. With `ends`, no other may follow it. */
  passesOver(id: number, ends: boolean): boolean {
    return ends ? this.#ids.delete(id) : this.#ids.has(id)
  }
}
