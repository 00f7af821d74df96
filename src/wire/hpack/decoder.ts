import { markNeverIndexed, type FieldList } from '../field-list.ts'
import { isLegalName, isLegalValue } from '../field-syntax.ts'
import { keptBytes, keptCopy } from '../kept-copy.ts'
import { DynamicTable, entrySize } from './dynamic-table.ts'
import { huffmanDecode } from './huffman.ts'
import { IntegerReader } from './integer.ts'
import { staticTable } from './static-table.ts'

/** A decoded header block: names and values in turn, as they came. */
export interface FieldBlock {
  readonly list: FieldList
  /** False where a name or a value holds what HTTP does not allow. */
  readonly isLegal: boolean
  /** True where the list is larger than allowed; it then ends where it became so. */
  readonly isTooLarge: boolean
}

export interface HpackDecoderOptions {
  /** What SETTINGS_HEADER_TABLE_SIZE promised, in bytes. */
  readonly tableBytesMax: number
  /** Largest list, in bytes as SETTINGS_MAX_HEADER_LIST_SIZE counts them. */
  readonly listBytesMax: number
}

const nothing = Buffer.alloc(0)
const staticNames = staticTable.map(([name]) => name)
/** All but `transfer-encoding`. */
const staticNamesLegal = staticNames.map((name) => isLegalName(name))
const staticValues = staticTable.map(([, value]) => value)
const staticCount = staticTable.length

/** Literals of these lengths, as sent, are worth remembering: tokens, which some clients never index. */
const rememberedBytes = { min: 128, max: 4096 } as const

/** The last long literal of a connection: as it was sent, as text, and whether its characters are legal. */
interface Remembered {
  readonly sent: Buffer
  readonly isHuffman: boolean
  readonly text: string
  isLegal: boolean | undefined
}

/** What an entry of the dynamic table is marked with: what of it HTTP allows. */
const legal = { name: 1, field: 2 } as const

/** Whether a literal that begins so says that it is to stay one: RFC 7541, section 6.2.3. */
function isNeverIndexed(first: number): boolean {
  return first >= 0x10 && first < 0x20
}

/**
 * Decodes header blocks, RFC 7541. A field that stands in the dynamic table comes out as the same
 * string objects each time, and was checked for what HTTP allows when it was added.
 */
export class HpackDecoder {
  readonly #table: DynamicTable
  readonly #tableBytesMax: number
  readonly #listBytesMax: number
  readonly #reader = new IntegerReader()
  #from: Buffer = nothing
  #end = 0
  #scratch: Buffer = nothing
  #list: string[] = []
  #listBytes = 0
  #isLegal = true
  /** Whether HTTP allows the name that was read last. */
  #isNameLegal = true
  #remembered: Remembered | undefined

  constructor({ tableBytesMax, listBytesMax }: HpackDecoderOptions) {
    this.#table = new DynamicTable(tableBytesMax)
    this.#tableBytesMax = tableBytesMax
    this.#listBytesMax = listBytesMax
  }

  /** Bytes that the dynamic table holds. */
  get tableBytes(): number {
    return this.#table.size
  }

  /** Decodes one whole block; undefined where it is none, which is the end of the connection. */
  decode(block: Buffer): FieldBlock | undefined {
    const decoded = this.#decoded(block)
    // The block is a view of all that came with it.
    this.#from = nothing
    return decoded
  }

  #decoded(block: Buffer): FieldBlock | undefined {
    this.#from = block
    this.#end = block.length
    this.#reader.offset = 0
    this.#list = []
    this.#listBytes = 0
    this.#isLegal = true
    let mayResize = true
    while (this.#reader.offset < this.#end) {
      const first = block[this.#reader.offset] as number
      if (first >= 0x20 && first < 0x40) {
        // Changes of size stand only at the beginning: RFC 7541, section 4.2.
        if (!mayResize || !this.#resize()) return undefined
        continue
      }
      mayResize = false
      if (!(first >= 0x80 ? this.#indexed() : this.#literal(first))) return undefined
    }
    const isTooLarge = this.#listBytes > this.#listBytesMax
    return { list: this.#list, isLegal: this.#isLegal, isTooLarge }
  }

  #resize(): boolean {
    const size = this.#reader.read(this.#from, this.#end, 5)
    if (size < 0 || size > this.#tableBytesMax) return false
    this.#table.resize(size)
    return true
  }

  #indexed(): boolean {
    const index = this.#reader.read(this.#from, this.#end, 7)
    if (index <= 0) return false
    if (index <= staticCount) {
      const at = index - 1
      const isLegal = staticNamesLegal[at] as boolean
      this.#push(staticNames[at] as string, staticValues[at] as string, isLegal)
      return true
    }
    const slot = this.#table.slotAt(index - staticCount - 1)
    if (slot < 0) return false
    const isLegal = (this.#table.markIn(slot) & legal.field) !== 0
    this.#push(this.#table.nameIn(slot), this.#table.valueIn(slot), isLegal)
    return true
  }

  #literal(first: number): boolean {
    const isAdded = first >= 0x40
    const index = this.#reader.read(this.#from, this.#end, isAdded ? 6 : 4)
    const name = index === 0 ? this.#newName() : this.#nameAt(index)
    const value = name === undefined ? undefined : this.#string()
    if (name === undefined || value === undefined) return false
    const isLegal = this.#isNameLegal && this.#isLegalValue(name, value)
    if (isAdded) {
      const mark = (this.#isNameLegal ? legal.name : 0) | (isLegal ? legal.field : 0)
      this.#table.add(name, value, mark)
    }
    this.#push(name, value, isLegal)
    if (isNeverIndexed(first)) markNeverIndexed(this.#list, name)
    return true
  }

  #newName(): string | undefined {
    const name = this.#string()
    this.#isNameLegal = name !== undefined && isLegalName(name)
    return name
  }

  /**
   * A name that stands in a table. It is not checked again: one byte can point at a name of kilobytes,
   * and a block of such bytes would keep us busy for a long time.
   */
  #nameAt(index: number): string | undefined {
    if (index < 0) return undefined
    if (index <= staticCount) {
      this.#isNameLegal = staticNamesLegal[index - 1] as boolean
      return staticNames[index - 1]
    }
    const slot = this.#table.slotAt(index - staticCount - 1)
    if (slot < 0) return undefined
    this.#isNameLegal = (this.#table.markIn(slot) & legal.name) !== 0
    return this.#table.nameIn(slot)
  }

  #string(): string | undefined {
    if (this.#reader.offset >= this.#end) return undefined
    const isHuffman = (this.#from[this.#reader.offset] as number) >= 0x80
    const length = this.#reader.read(this.#from, this.#end, 7)
    const start = this.#reader.offset
    if (length < 0 || start + length > this.#end) return undefined
    this.#reader.offset = start + length
    const isLong = length >= rememberedBytes.min && length <= rememberedBytes.max
    return isLong ? this.#long(isHuffman, start, length) : this.#text(isHuffman, start, length)
  }

  /**
   * A client that never lets its token be indexed, RFC 7541, section 7.1.3, sends it whole with each call,
   * byte for byte the same. It comes out as the same string then, and costs a comparison.
   */
  #long(isHuffman: boolean, start: number, length: number): string | undefined {
    const before = this.#remembered
    if (
      before !== undefined &&
      before.isHuffman === isHuffman &&
      before.sent.length === length &&
      before.sent.compare(this.#from, start, start + length) === 0
    ) {
      return before.text
    }
    const text = this.#text(isHuffman, start, length)
    if (text === undefined) return undefined
    const sent = keptCopy(this.#from.subarray(start, start + length))
    this.#remembered = { sent, isHuffman, text, isLegal: undefined }
    return text
  }

  /** What was remembered was also checked; `te` has a rule of its own. */
  #isLegalValue(name: string, value: string): boolean {
    const remembered = this.#remembered
    if (remembered?.text !== value || name === 'te') return isLegalValue(name, value)
    return (remembered.isLegal ??= isLegalValue(name, value))
  }

  #text(isHuffman: boolean, start: number, length: number): string | undefined {
    if (!isHuffman) return this.#from.toString('latin1', start, start + length)
    const room = Math.ceil((length * 8) / 5)
    if (this.#scratch.length < room) this.#scratch = keptBytes(room)
    const decoded = huffmanDecode(this.#from, start, start + length, this.#scratch)
    return decoded < 0 ? undefined : this.#scratch.toString('latin1', 0, decoded)
  }

  /** Small blocks can stand for enormous lists, so what is too much is counted and left out. */
  #push(name: string, value: string, isLegal: boolean): void {
    this.#listBytes += entrySize(name, value)
    if (this.#listBytes > this.#listBytesMax) return
    this.#list.push(name, value)
    this.#isLegal &&= isLegal
  }
}
