/** Undoes the percent-encoding of `grpc-message`; what is encoded wrongly stays as it is. */
export function decodeWords(encoded: string): string {
  if (!encoded.includes('%')) return encoded
  const bytes: number[] = []
  for (let at = 0; at < encoded.length; at += 1) {
    const hex = /^%([0-9A-Fa-f]{2})/.exec(encoded.slice(at, at + 3))?.[1]
    bytes.push(hex === undefined ? encoded.charCodeAt(at) & 0xff : Number.parseInt(hex, 16))
    if (hex !== undefined) at += 2
  }
  return new TextDecoder().decode(Uint8Array.from(bytes))
}

/** Says of an answer that is no gRPC what it was instead. */
export function statusOfHttp(status: string, contentType: string): string {
  const type = contentType === '' ? 'no content type' : contentType.slice(0, 64)
  return `the upstream answered with HTTP status ${status} and ${type} instead of gRPC`
}
