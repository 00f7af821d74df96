/** Encodes fields of one message, all of them strings, bytes or messages. */
export function encodeRequest(
  fields: readonly (readonly [number: number, value: string | Uint8Array])[],
): Buffer {
  const parts = fields.flatMap(([number, value]) => {
    const bytes = Buffer.from(value)
    return [varint(number * 8 + 2), varint(bytes.length), bytes]
  })
  return Buffer.concat(parts)
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80)
    rest = Math.floor(rest / 0x80)
  }
  return Buffer.from([...bytes, rest])
}
