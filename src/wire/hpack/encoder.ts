import type { FieldList } from '../field-list.ts'
import { keptBytes } from '../kept-copy.ts'
import { DynamicTable, entrySize } from './dynamic-table.ts'
import { huffmanEncode, huffmanLength } from './huffman.ts'
import { writeInteger } from './integer.ts'
import { staticTable } from './static-table.ts'

/** Names whose values are hardly ever the same twice: a place in the table would be wasted on them. */
const fickle: ReadonlySet<string> = new Set([
  'content-length',
  'grpc-message',
  'grpc-status-details-bin',
  'grpc-timeout',
  'traceparent',
])

/** Where a field or, failing that, its name stands in the static table. */
const staticFields = new Map<string, Map<string, number>>()
for (const [index, [name, value]] of staticTable.entries()) {
  const values = staticFields.get(name) ?? new Map<string, number>()
  staticFields.set(name, values.set(value, index + 1))
}
const staticNames = new Map(
  [...staticFields].map(([name, values]) => [name, Math.min(...values.values())] as const),
)

/** How a field, a change of size or a string begins. */
interface Form {
  readonly prefixBits: number
  readonly above: number
}

const indexed = { prefixBits: 7, above: 0x80 }
const added = { prefixBits: 6, above: 0x40 }
const notAdded = { prefixBits: 4, above: 0x00 }
const neverIndexed = { prefixBits: 4, above: 0x10 }
const resized = { prefixBits: 5, above: 0x20 }
const plain = { prefixBits: 7, above: 0x00 }
const huffman = { prefixBits: 7, above: 0x80 }

/** Most bytes that an integer takes here. */
const integerBytesMax = 6

/**
 * Encodes header lists, RFC 7541. Fields that come again are put into the dynamic table, where they
 * cost a byte each.
 */
export class HpackEncoder {
  readonly #table: DynamicTable
  /** Numbers of entries by name and value. */
  readonly #numbers = new Map<string, Map<string, number>>()
  readonly #ownBytesMax: number
  /** Sizes that the other side must be told of before the next block: the smallest, and the last. */
  #smallest: number | undefined
  #into = keptBytes(256)
  #end = 0

  /** `ownBytesMax`: how large a table we care for, whatever the other side allows. */
  constructor(ownBytesMax: number) {
    this.#ownBytesMax = ownBytesMax
    this.#table = new DynamicTable(Math.min(4096, ownBytesMax), (name, value) =>
      this.#forget(name, value),
    )
    // The other side starts with 4096, RFC 9113, section 6.5.2.
    if (ownBytesMax < 4096) this.#smallest = ownBytesMax
  }

  /** Takes the other side's SETTINGS_HEADER_TABLE_SIZE. */
  limit(bytesMax: number): void {
    const size = Math.min(bytesMax, this.#ownBytesMax)
    if (size === this.#table.sizeMax) return
    this.#smallest = Math.min(size, this.#smallest ?? size)
    this.#table.resize(size)
  }

  /** Encodes names and values in turn. The block is good until the next one is encoded. */
  encode(list: FieldList): Buffer {
    this.#end = 0
    this.#sayResized()
    const never = list.neverIndexed
    for (let at = 0; at < list.length; at += 2) {
      const name = list[at] as string
      const value = list[at + 1] as string
      if (never?.has(name) === true) this.#literal(name, value, neverIndexed)
      else this.#field(name, value)
    }
    return this.#into.subarray(0, this.#end)
  }

  #sayResized(): void {
    if (this.#smallest === undefined) return
    const { sizeMax } = this.#table
    this.#reserve(2 * integerBytesMax)
    if (this.#smallest < sizeMax) this.#integer(this.#smallest, resized)
    this.#integer(sizeMax, resized)
    this.#smallest = undefined
  }

  #field(name: string, value: string): void {
    const inStatic = staticFields.get(name)?.get(value)
    const number = this.#numbers.get(name)?.get(value)
    this.#reserve(2 * integerBytesMax)
    if (inStatic !== undefined) return this.#integer(inStatic, indexed)
    if (number !== undefined) return this.#integer(this.#indexOf(number), indexed)
    const isAdded = !fickle.has(name) && entrySize(name, value) * 2 <= this.#table.sizeMax
    this.#literal(name, value, isAdded ? added : notAdded)
    if (isAdded) this.#remember(name, value)
  }

  #literal(name: string, value: string, form: Form): void {
    const nameIndex = staticNames.get(name)
    this.#reserve(2 * integerBytesMax)
    this.#integer(nameIndex ?? 0, form)
    if (nameIndex === undefined) this.#string(name)
    this.#string(value)
  }

  #remember(name: string, value: string): void {
    this.#table.add(name, value)
    let values = this.#numbers.get(name)
    if (values === undefined) this.#numbers.set(name, (values = new Map()))
    values.set(value, this.#table.added)
  }

  /** A field is in the table once at most, for it is only added where it was not found. */
  #forget(name: string, value: string): void {
    const values = this.#numbers.get(name) as Map<string, number>
    values.delete(value)
    if (values.size === 0) this.#numbers.delete(name)
  }

  #indexOf(number: number): number {
    return staticTable.length + 1 + this.#table.added - number
  }

  #string(text: string): void {
    const shorter = huffmanLength(text)
    this.#reserve(text.length + integerBytesMax)
    if (shorter < text.length) {
      this.#integer(shorter, huffman)
      this.#end = huffmanEncode(text, this.#into, this.#end)
    } else {
      this.#integer(text.length, plain)
      this.#end += this.#into.write(text, this.#end, 'latin1')
    }
  }

  #integer(value: number, form: Form): void {
    this.#end = writeInteger(value, form, this.#into, this.#end)
  }

  #reserve(bytes: number): void {
    const needed = this.#end + bytes
    if (needed <= this.#into.length) return
    const larger = keptBytes(Math.max(needed, this.#into.length * 2))
    this.#into.copy(larger, 0, 0, this.#end)
    this.#into = larger
  }
}
