/** Something that must end by a time. */
export interface Timed {
  readonly onDeadline: () => void
}

/** How exactly deadlines are kept, in milliseconds: callers and upstreams keep their own, too. */
const stepMs = 50

/** Keeps the deadlines of many calls with one timer: a timer for each would cost more than the call's own bytes. */
export class Deadlines {
  readonly #due = new Map<number, Set<Timed>>()
  readonly #now: () => number
  #timer: NodeJS.Timeout | undefined
  /** The last step that was looked at; nothing is due before it. */
  #last: number

  /** `now` gives milliseconds since the epoch. */
  constructor(now: () => number) {
    this.#now = now
    this.#last = this.#step(now())
  }

  /** Keeps a deadline; what is given back takes it away again. */
  add(item: Timed, deadline: number): number {
    if (this.#timer === undefined) this.#start()
    const step = Math.max(this.#step(deadline), this.#last) + 1
    const items = this.#due.get(step)
    if (items) items.add(item)
    else this.#due.set(step, new Set([item]))
    return step
  }

  delete(item: Timed, step: number): void {
    const items = this.#due.get(step)
    items?.delete(item)
    if (items?.size === 0) this.#due.delete(step)
  }

  close(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#due.clear()
  }

  #step(time: number): number {
    return Math.floor(time / stepMs)
  }

  #start(): void {
    this.#last = Math.max(this.#last, this.#step(this.#now()))
    this.#timer = setInterval(() => this.#sweep(), stepMs).unref()
  }

  /** Goes from step to step, so that what is not due yet costs nothing. */
  #sweep(): void {
    const now = this.#step(this.#now())
    while (this.#last < now) {
      this.#last += 1
      const items = this.#due.get(this.#last)
      this.#due.delete(this.#last)
      for (const item of items ?? []) item.onDeadline()
    }
    if (this.#due.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }
}
