import { quoted } from './json-text.ts'

/** Most bytes that a UTF-16 code unit becomes. */
const bytesPerUnitMax = 3

/** From this length on a call into the engine is quicker than a loop. */
const longLength = 48

const quote = 0x22
const zero = 0x30
const backslash = 0x5c

/** The bytes of a text that is always the same. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

/**
 * A place to write JSON into, which grows when it must. Bytes are put where they belong at once: texts
 * that are glued together first, thousands of them between two writes, cost more in garbage collection
 * than everything else about an entry.
 */
export class JsonBytes {
  #bytes: Buffer
  #end = 0

  constructor(size: number) {
    this.#bytes = Buffer.allocUnsafeSlow(size)
  }

  get length(): number {
    return this.#end
  }

  /** What stands between two places; good until something else is written. */
  between(start: number, end: number): Buffer {
    return this.#bytes.subarray(start, end)
  }

  /** Forgets what stands behind a place. */
  cutTo(length: number): void {
    this.#end = length
  }

  add(fragment: Uint8Array): void {
    this.#reserve(fragment.length)
    this.#bytes.set(fragment, this.#end)
    this.#end += fragment.length
  }

  /** Any text, as UTF-8. */
  text(text: string): void {
    this.#reserve(text.length * bytesPerUnitMax)
    this.#end += this.#bytes.write(text, this.#end)
  }

  /** Text of the program's own that is ASCII: names, times, numbers, digests. */
  ascii(text: string): void {
    this.#reserve(text.length)
    if (text.length >= longLength) {
      this.#end += this.#bytes.write(text, this.#end, 'latin1')
      return
    }
    const bytes = this.#bytes
    const start = this.#end
    for (let at = 0; at < text.length; at += 1) bytes[start + at] = text.charCodeAt(at)
    this.#end = start + text.length
  }

  /** A whole number that is not negative. To make a text of it first costs four times as much. */
  integer(value: number): void {
    let count = 1
    for (let bound = 10; bound <= value; bound *= 10) count += 1
    this.#reserve(count)
    const bytes = this.#bytes
    let rest = value
    for (let at = this.#end + count - 1; at >= this.#end; at -= 1) {
      const higher = Math.floor(rest / 10)
      bytes[at] = zero + (rest - higher * 10)
      rest = higher
    }
    this.#end += count
  }

  /** Text that anybody chose, in quotes: as it is while it is plain, escaped from the beginning otherwise. */
  quoted(text: string): void {
    this.#reserve(text.length + 2)
    const bytes = this.#bytes
    let end = this.#end
    bytes[end] = quote
    end += 1
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at)
      if (unit < 0x20 || unit > 0x7e || unit === quote || unit === backslash) {
        this.text(quoted(text))
        return
      }
      bytes[end] = unit
      end += 1
    }
    bytes[end] = quote
    this.#end = end + 1
  }

  #reserve(count: number): void {
    const needed = this.#end + count
    if (needed <= this.#bytes.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length))
    larger.set(this.#bytes.subarray(0, this.#end))
    this.#bytes = larger
  }
}
