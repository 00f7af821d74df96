/** One field of a message as it stands on the wire, for tests that take messages apart. */
export interface Chunk {
  readonly number: number
  readonly wireType: number
  /** Where the tag, the content after any length, and the next field begin. */
  readonly start: number
  readonly content: number
  readonly end: number
}

/** The fields of a message, or undefined where it is broken or has groups. */
export function splitMessage(bytes: Uint8Array): Chunk[] | undefined {
  const chunks: Chunk[] = []
  let at = 0
  while (at < bytes.length) {
    const start = at
    const tag = varintAt(bytes, at)
    if (tag === undefined) return undefined
    const wireType = tag.value % 8
    const size = sizeOf(bytes, tag.end, wireType)
    if (size === undefined || size.end > bytes.length) return undefined
    chunks.push({ number: Math.floor(tag.value / 8), wireType, start, ...size })
    at = size.end
  }
  return chunks
}

function sizeOf(
  bytes: Uint8Array,
  at: number,
  wireType: number,
): { content: number; end: number } | undefined {
  if (wireType === 1) return { content: at, end: at + 8 }
  if (wireType === 5) return { content: at, end: at + 4 }
  const varint = varintAt(bytes, at)
  if (varint === undefined) return undefined
  if (wireType === 0) return { content: at, end: varint.end }
  return wireType === 2 ? { content: varint.end, end: varint.end + varint.value } : undefined
}

function varintAt(
  bytes: Uint8Array,
  at: number,
): { readonly value: number; readonly end: number } | undefined {
  let value = 0
  for (let length = 0; length < 10; length++) {
    const byte = bytes[at + length]
    if (byte === undefined) return undefined
    value += (byte % 128) * 128 ** length
    if (byte < 0x80) return { value, end: at + length + 1 }
  }
  return undefined
}

/** A varint, in more bytes than it needs when `padding` says so. */
export function encodeVarint(value: number, padding = 0): Uint8Array {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest % 128) | 0x80)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
  for (let count = 0; count < padding; count++) {
    bytes[bytes.length - 1]! |= 0x80
    bytes.push(0)
  }
  return Uint8Array.from(bytes)
}

/** A field of the given number and type around its content. */
export function encodeField(number: number, wireType: number, content: Uint8Array): Uint8Array {
  const tag = encodeVarint(number * 8 + wireType)
  return wireType === 2
    ? Buffer.concat([tag, encodeVarint(content.length), content])
    : Buffer.concat([tag, content])
}
