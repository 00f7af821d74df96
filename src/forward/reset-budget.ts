/**
 * What an upstream bears without taking it for an attack, which would end the calls of every caller on the
 * connection: nghttp2 permits 1,000 resets at once and 33 a second, Envoy looks after the first 500.
 */
const resetsAtOnce = 200
const resetsPerSecond = 20

/** Counts the resets of one connection: so many at once, and so many a second after that. */
export class ResetBudget {
  #left = resetsAtOnce
  #at: number

  /** `now` is in milliseconds, on a clock that only goes forward. */
  constructor(now: number) {
    this.#at = now
  }

  /** Takes one; false where there is none left. */
  take(now: number): boolean {
    const gained = ((now - this.#at) / 1000) * resetsPerSecond
    this.#left = Math.min(resetsAtOnce, this.#left + gained)
    this.#at = now
    if (this.#left < 1) return false
    this.#left -= 1
    return true
  }
}
