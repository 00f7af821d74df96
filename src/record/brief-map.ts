/** How many entries come and go, at least, before the table is left for a new one. */
const addedMin = 512

/**
 * A map whose entries come and go, in the order in which they came. A `Map` that does that for long renews
 * its table again and again, and each that is left refers to the next: once one of them has grown old, the
 * garbage collector lets everything grow old that was ever in the map since. Here the table is left before.
 */
export class BriefMap<Key, Value> {
  #entries = new Map<Key, Value>()
  #added = 0

  get size(): number {
    return this.#entries.size
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key)
  }

  set(key: Key, value: Value): void {
    this.#added += 1
    if (this.#added > Math.max(addedMin, 2 * this.#entries.size)) {
      this.#entries = this.copy()
      this.#added = 0
    }
    this.#entries.set(key, value)
  }

  delete(key: Key): boolean {
    return this.#entries.delete(key)
  }

  values(): Iterable<Value> {
    return this.#entries.values()
  }

  copy(): Map<Key, Value> {
    return new Map(this.#entries)
  }
}
