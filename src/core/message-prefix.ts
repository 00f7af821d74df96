/** What stands before a message, a flag byte and a length of four: <https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md>. */
export const prefixBytes = 5

/** The length of a message in bytes, as its prefix says. The prefix must be whole. */
export function promisedBytes(frame: Buffer): number {
  return frame.readUInt32BE(1)
}
