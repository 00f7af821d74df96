/** How many of a kind of frame one side may send in a second. */
export interface FrameRates {
  /** Frames that carry nothing: empty DATA, small WINDOW_UPDATEs, PRIORITY, unknown types. */
  readonly idleFramesPerSecondMax: number
  /** RST_STREAM, and streams that we had to reset. */
  readonly resetsPerSecondMax: number
  readonly settingsPerSecondMax: number
  readonly pingsPerSecondMax: number
}

/** What is counted. */
export type FrameKind = 'idle' | 'reset' | 'settings' | 'ping'

/** Counts frames that cost the receiver more than the sender, second by second. */
export class RateLimits {
  readonly #max: Readonly<Record<FrameKind, number>>
  readonly #counts: Record<FrameKind, number> = { idle: 0, reset: 0, settings: 0, ping: 0 }
  #since = 0

  constructor(rates: FrameRates) {
    this.#max = {
      idle: rates.idleFramesPerSecondMax,
      reset: rates.resetsPerSecondMax,
      settings: rates.settingsPerSecondMax,
      ping: rates.pingsPerSecondMax,
    }
  }

  /** Says what time it is, in milliseconds on any clock that only goes forward. */
  tick(now: number): void {
    if (now - this.#since < 1000) return
    this.#since = now
    const counts = this.#counts
    counts.idle = counts.reset = counts.settings = counts.ping = 0
  }

  /** Counts one frame; false where it is one too many. */
  allows(kind: FrameKind): boolean {
    this.#counts[kind] += 1
    return this.#counts[kind] <= this.#max[kind]
  }
}
