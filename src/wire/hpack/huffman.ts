/**
 * Lengths, in bits, of the Huffman codes of RFC 7541, appendix B, for the bytes 0 to 255 and for the end
 * of the string. The code is canonical: of two symbols the one with the shorter code, or with the same
 * length the smaller one, has the smaller code. So the lengths say everything.
 */
const lengths: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28,
  28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5,
  6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6,
  7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23,
  23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22,
  22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22,
  23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27,
  27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25,
  24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
]

/** The symbol that ends a string; it never stands in one. */
const endOfString = 256

const codes = canonicalCodes()

function canonicalCodes(): Uint32Array {
  const order = lengths.map((length, symbol) => ({ length, symbol }))
  order.sort((one, other) => one.length - other.length || one.symbol - other.symbol)
  const found = new Uint32Array(lengths.length)
  let code = 0
  let before = 0
  for (const { length, symbol } of order) {
    code <<= length - before
    found[symbol] = code
    code += 1
    before = length
  }
  return found
}

/**
 * Number of bytes that a text has when it is Huffman-encoded. Of each character only the lower byte
 * counts, as it does for latin1: a text that is none spoils its own field, never the block.
 */
export function huffmanLength(text: string): number {
  let bits = 0
  for (let at = 0; at < text.length; at += 1) {
    bits += lengths[text.charCodeAt(at) & 0xff] as number
  }
  return (bits + 7) >> 3
}

/** Writes a text, Huffman-encoded, and returns where it ends; of each character the lower byte counts. */
export function huffmanEncode(text: string, into: Uint8Array, offset: number): number {
  let end = offset
  let pending = 0
  let bits = 0
  for (let at = 0; at < text.length; at += 1) {
    const symbol = text.charCodeAt(at) & 0xff
    const length = lengths[symbol] as number
    // A code has up to 30 bits and up to 7 wait: too many for 32 with a sign, so in two steps.
    pending = pending * 2 ** length + (codes[symbol] as number)
    bits += length
    while (bits >= 8) {
      bits -= 8
      const byte = Math.floor(pending / 2 ** bits)
      into[end++] = byte
      pending -= byte * 2 ** bits
    }
  }
  // Padding is the beginning of the code for the end of the string: ones.
  if (bits > 0) into[end++] = (pending << (8 - bits)) | (0xff >> bits)
  return end
}

/**
 * The decoder is a table of states: where in the tree of codes the bits so far have led. For each state
 * and each four bits it has the next state, and the byte that those completed, if any; no code is
 * shorter than five bits, so four complete one at most.
 */
interface DecodingTable {
  readonly next: Uint16Array
  /** The completed byte, or -1. */
  readonly emitted: Int16Array
  /** Whether a string may end in a state: less than eight bits of padding, all ones. */
  readonly mayEnd: Uint8Array
}

const broken = 0xffff
const table = decodingTable()

interface Node {
  readonly id: number
  readonly children: (Node | number | undefined)[]
  readonly depth: number
  readonly isPadding: boolean
}

function buildTree(): readonly Node[] {
  const nodes: Node[] = [{ id: 0, children: [], depth: 0, isPadding: true }]
  for (const [symbol, length] of lengths.entries()) {
    let node = nodes[0] as Node
    for (let bit = length - 1; bit >= 0; bit -= 1) {
      const branch = ((codes[symbol] as number) >>> bit) & 1
      if (bit === 0) {
        node.children[branch] = symbol
        break
      }
      let child = node.children[branch] as Node | undefined
      if (child === undefined) {
        const isPadding = node.isPadding && branch === 1
        child = { id: nodes.length, children: [], depth: node.depth + 1, isPadding }
        nodes.push(child)
        node.children[branch] = child
      }
      node = child
    }
  }
  return nodes
}

function decodingTable(): DecodingTable {
  const nodes = buildTree()
  const next = new Uint16Array(nodes.length * 16)
  const emitted = new Int16Array(nodes.length * 16).fill(-1)
  const mayEnd = Uint8Array.from(nodes, ({ isPadding, depth }) => (isPadding && depth < 8 ? 1 : 0))
  for (const start of nodes) {
    for (let nibble = 0; nibble < 16; nibble += 1) {
      const at = start.id * 16 + nibble
      let node: Node = start
      for (let bit = 3; bit >= 0; bit -= 1) {
        const child = node.children[(nibble >>> bit) & 1] as Node | number
        if (child === endOfString) {
          next[at] = broken
          break
        }
        if (typeof child === 'number') emitted[at] = child
        node = typeof child === 'number' ? (nodes[0] as Node) : child
        next[at] = node.id
      }
    }
  }
  return { next, emitted, mayEnd }
}

/**
 * Decodes a Huffman-encoded string of `from` into `into`, which must have room for 8/5 of its length.
 * Returns the number of bytes, or -1 where the string holds the end-of-string symbol or is padded with
 * anything but up to seven ones.
 */
export function huffmanDecode(
  from: Uint8Array,
  start: number,
  end: number,
  into: Uint8Array,
): number {
  const { next, emitted, mayEnd } = table
  let state = 0
  let length = 0
  for (let at = start; at < end; at += 1) {
    const byte = from[at] as number
    let row = state * 16 + (byte >>> 4)
    let symbol = emitted[row] as number
    if (symbol >= 0) into[length++] = symbol
    state = next[row] as number
    if (state === broken) return -1
    row = state * 16 + (byte & 15)
    symbol = emitted[row] as number
    if (symbol >= 0) into[length++] = symbol
    state = next[row] as number
    if (state === broken) return -1
  }
  return mayEnd[state] === 1 ? length : -1
}
