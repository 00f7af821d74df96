/** Largest integer that is read: nothing that HPACK counts is near it. */
const largest = 2 ** 28

/** Reads integers of RFC 7541, section 5.1, one after the other. */
export class IntegerReader {
  /** Where the next byte is. */
  offset = 0

  /** Reads an integer whose prefix has so many bits; -1 where it is cut off or larger than any count here. */
  read(from: Uint8Array, end: number, prefixBits: number): number {
    const prefixMax = 2 ** prefixBits - 1
    let value = (from[this.offset++] as number) & prefixMax
    if (value < prefixMax) return value
    for (let shift = 0; shift <= 21; shift += 7) {
      if (this.offset >= end) return -1
      const byte = from[this.offset++] as number
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value < largest ? value : -1
    }
    return -1
  }
}

/** Writes an integer behind the bits that stand above its prefix, and returns where it ends. */
export function writeInteger(
  value: number,
  parts: { readonly prefixBits: number; readonly above: number },
  into: Uint8Array,
  offset: number,
): number {
  const { prefixBits, above } = parts
  const prefixMax = 2 ** prefixBits - 1
  let end = offset
  if (value < prefixMax) {
    into[end++] = above | value
    return end
  }
  into[end++] = above | prefixMax
  let rest = value - prefixMax
  while (rest >= 0x80) {
    into[end++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  into[end++] = rest
  return end
}
