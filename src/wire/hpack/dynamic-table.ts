/** What an entry costs beside its characters: RFC 7541, section 4.1. */
const entryOverheadBytes = 32

/** Size of an entry in bytes, as both sides count it. */
export function entrySize(name: string, value: string): number {
  return name.length + value.length + entryOverheadBytes
}

/**
 * The dynamic table of RFC 7541, section 2.3.2: entries by age, newest first, within a size. Entries
 * are kept in a ring, so that adding one moves none.
 */
export class DynamicTable {
  /** Bytes of all entries. */
  size = 0
  /** Entries that are there. */
  count = 0
  /** Entries that were ever added: the number of the newest. */
  added = 0
  #sizeMax: number
  #names: string[] = []
  #values: string[] = []
  #marks: number[] = []
  readonly #onEvict: ((name: string, value: string) => void) | undefined

  /** `onEvict` is told the name and value of each entry that goes. */
  constructor(sizeMax: number, onEvict?: (name: string, value: string) => void) {
    this.#sizeMax = sizeMax
    this.#onEvict = onEvict
    this.#allocate(16)
  }

  get sizeMax(): number {
    return this.#sizeMax
  }

  /** Changes the size, and evicts what has no more room. */
  resize(sizeMax: number): void {
    this.#sizeMax = sizeMax
    this.#evictTo(sizeMax)
  }

  /** Adds an entry and evicts what it pushes out; one that is larger than the table only empties it. */
  add(name: string, value: string, mark = 0): boolean {
    const size = entrySize(name, value)
    this.#evictTo(Math.max(0, this.#sizeMax - size))
    if (size > this.#sizeMax) return false
    if (this.count === this.#names.length) this.#allocate(this.count * 2)
    this.added += 1
    const slot = this.added & (this.#names.length - 1)
    this.#names[slot] = name
    this.#values[slot] = value
    this.#marks[slot] = mark
    this.count += 1
    this.size += size
    return true
  }

  /** Slot of the entry at a distance from the newest, which is 0; -1 where there is none. */
  slotAt(distance: number): number {
    if (distance >= this.count) return -1
    return (this.added - distance) & (this.#names.length - 1)
  }

  nameIn(slot: number): string {
    return this.#names[slot] as string
  }

  valueIn(slot: number): string {
    return this.#values[slot] as string
  }

  /** What was said of the entry when it was added. */
  markIn(slot: number): number {
    return this.#marks[slot] as number
  }

  #evictTo(sizeMax: number): void {
    while (this.size > sizeMax) {
      const number = this.added - this.count + 1
      const slot = number & (this.#names.length - 1)
      const name = this.#names[slot] as string
      const value = this.#values[slot] as string
      this.size -= entrySize(name, value)
      this.count -= 1
      // Else a token would stay in memory for as long as the connection.
      this.#names[slot] = ''
      this.#values[slot] = ''
      this.#onEvict?.(name, value)
    }
  }

  /** Makes room for a power of two of entries. */
  #allocate(capacity: number): void {
    const names = Array.from({ length: capacity }, () => '')
    const values = [...names]
    const marks = Array.from({ length: capacity }, () => 0)
    for (let distance = 0; distance < this.count; distance += 1) {
      const from = this.slotAt(distance)
      const to = (this.added - distance) & (capacity - 1)
      names[to] = this.nameIn(from)
      values[to] = this.valueIn(from)
      marks[to] = this.markIn(from)
    }
    this.#names = names
    this.#values = values
    this.#marks = marks
  }
}
