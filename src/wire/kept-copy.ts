/** What is at least this large may come from Node's pool: it keeps no more than a few times its own size. */
const pooledBytesMin = 8192

/**
 * Memory for bytes that are kept for longer than a moment. What Node hands out small comes from a pool of
 * which the smallest piece keeps 64 KiB alive: a connection that holds a few bytes would cost that much.
 */
export function keptBytes(length: number): Buffer {
  return length < pooledBytesMin ? Buffer.allocUnsafeSlow(length) : Buffer.allocUnsafe(length)
}

/** A copy in such memory. */
export function keptCopy(part: Uint8Array): Buffer {
  const copy = keptBytes(part.length)
  copy.set(part)
  return copy
}
