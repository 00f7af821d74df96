import type { Stream } from './stream.ts'

/** How many bits of a hash say where a stream is kept, at first. */
const bitsMin = 4

/**
 * The streams of a connection by their ids. A `Map` would do, but for the garbage collector: when entries
 * come and go, a Map renews its table again and again, and each table that is left refers to the next. Once
 * one of them has grown old, all streams after it grow old as well, and with them all of their calls.
 */
export class Streams<Context> {
  /** Streams that share a slot are chained. */
  #slots: (Stream<Context> | undefined)[] = newSlots(bitsMin)
  #bits = bitsMin
  #size = 0
  readonly #factor: number

  /** The other side chooses ids; what it does not know is the factor, so it cannot make many share a slot. */
  constructor(factor = Math.trunc(Math.random() * 2 ** 32)) {
    // Odd, or the last bits of ids would be lost.
    this.#factor = factor | 1
  }

  get size(): number {
    return this.#size
  }

  get(id: number): Stream<Context> | undefined {
    let found = this.#slots[this.#slotOf(id)]
    while (found !== undefined && found.id !== id) found = found.nextInSlot
    return found
  }

  has(id: number): boolean {
    return this.get(id) !== undefined
  }

  /** Adds a stream whose id is new. */
  add(stream: Stream<Context>): void {
    if (this.#size === this.#slots.length) this.#grow()
    this.#size += 1
    this.#place(stream)
  }

  /** Takes a stream out; false where it is not there. */
  delete(id: number): boolean {
    const slot = this.#slotOf(id)
    let before: Stream<Context> | undefined
    let found = this.#slots[slot]
    while (found !== undefined && found.id !== id) {
      before = found
      found = found.nextInSlot
    }
    if (found === undefined) return false
    if (before === undefined) this.#slots[slot] = found.nextInSlot
    else before.nextInSlot = found.nextInSlot
    found.nextInSlot = undefined
    this.#size -= 1
    return true
  }

  /** All of them as they are now, in the order of their ids; they may come and go meanwhile. */
  values(): Stream<Context>[] {
    const all: Stream<Context>[] = []
    for (const first of this.#slots) {
      for (let stream = first; stream !== undefined; stream = stream.nextInSlot) all.push(stream)
    }
    return all.sort((one, other) => one.id - other.id)
  }

  clear(): void {
    this.#slots = newSlots(bitsMin)
    this.#bits = bitsMin
    this.#size = 0
  }

  /** The first bits of the product, which every bit of the id has a part in. */
  #slotOf(id: number): number {
    return Math.imul(id, this.#factor) >>> (32 - this.#bits)
  }

  #place(stream: Stream<Context>): void {
    const slot = this.#slotOf(stream.id)
    stream.nextInSlot = this.#slots[slot]
    this.#slots[slot] = stream
  }

  #grow(): void {
    const all = this.values()
    this.#bits += 1
    this.#slots = newSlots(this.#bits)
    for (const stream of all) this.#place(stream)
  }
}

function newSlots<T>(bits: number): (T | undefined)[] {
  return Array.from({ length: 2 ** bits }, () => undefined)
}
