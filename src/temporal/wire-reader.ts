/** A message that a strict reader refuses, though a lenient one might make something of it. */
export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage'
}

/** Where a strict reader stands in the bytes of one message. */
export interface Cursor {
  readonly bytes: Uint8Array
  offset: number
  readonly end: number
}

/** Protobuf wire types. Groups (3 and 4) are refused: no Temporal message uses them. */
export const wireTypes = { varint: 0, fixed64: 1, length: 2, fixed32: 5 } as const

/** Bytes that a varint of 64 bits takes at most. */
const varintLengthMax = 10

/**
 * Reads a base-128 varint, refusing one that is cut off, is longer than ten bytes, or is not in its
 * shortest form: encoders never write those, and decoders differ in what they make of them. The value
 * is exact up to 2^53, which is more than any tag, length or enum needs.
 * <https://protobuf.dev/programming-guides/encoding/#varints>
 */
export function readVarint(cursor: Cursor): number {
  let value = 0
  let scale = 1
  for (let length = 1; length <= varintLengthMax; length++) {
    const byte = cursor.offset < cursor.end ? cursor.bytes[cursor.offset++] : undefined
    if (byte === undefined) throw new MalformedMessage('a varint is cut off')
    value += (byte & 0x7f) * scale
    scale *= 128
    if (byte >= 0x80) continue
    if (byte === 0 && length > 1) throw new MalformedMessage('a varint is not in its shortest form')
    if (length === varintLengthMax && byte > 1)
      throw new MalformedMessage('a varint exceeds 64 bits')
    return value
  }
  throw new MalformedMessage('a varint is longer than ten bytes')
}

/** Largest tag: field number 2^29 - 1 with wire type 7. */
const tagMax = 2 ** 32 - 1

/** Reads the tag that begins a field. */
export function readTag(cursor: Cursor): { readonly number: number; readonly wireType: number } {
  const tag = readVarint(cursor)
  const number = Math.floor(tag / 8)
  if (number === 0 || tag > tagMax) throw new MalformedMessage('a field number is out of range')
  return { number, wireType: tag % 8 }
}

/** Reads a length and steps over that many bytes, which must be there; returns where they begin. */
export function readLength(cursor: Cursor): { readonly start: number; readonly end: number } {
  const length = readVarint(cursor)
  if (length > cursor.end - cursor.offset) throw new MalformedMessage('a field is cut off')
  const start = cursor.offset
  cursor.offset += length
  return { start, end: cursor.offset }
}

/** Steps over the value of a field that is not read. */
export function skipValue(cursor: Cursor, wireType: number): void {
  switch (wireType) {
    case wireTypes.varint:
      readVarint(cursor)
      return
    case wireTypes.length:
      readLength(cursor)
      return
    case wireTypes.fixed64:
      skipBytes(cursor, 8)
      return
    case wireTypes.fixed32:
      skipBytes(cursor, 4)
      return
    default:
      throw new MalformedMessage(`wire type ${wireType} is not used by Temporal's API`)
  }
}

function skipBytes(cursor: Cursor, count: number): void {
  if (count > cursor.end - cursor.offset) throw new MalformedMessage('a field is cut off')
  cursor.offset += count
}
