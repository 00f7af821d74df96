/**
 * Counts what is held of requests and answers, on all connections together. Strangers count like
 * anybody else, so what they make us hold is counted by what it costs, not by what was asked for.
 */
export class BufferedBytes {
  /** Of bodies. */
  bytes = 0
  /** Of open calls, beside their bodies. */
  callBytes = 0
  /** What was handed to sockets whose callers take it slowly, or not at all. */
  unsentBytes = 0
  readonly #max: number

  constructor(max: number) {
    this.#max = max
  }

  get total(): number {
    return this.bytes + this.callBytes + this.unsentBytes
  }

  /** Whether no more requests are taken. */
  get isOver(): boolean {
    return this.total > this.#max
  }

  /** Whether answers that are not taken are given up as well: those of calls let in before still grow. */
  get isFarOver(): boolean {
    return this.total > this.#max * 1.5
  }
}
