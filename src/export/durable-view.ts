/** How far a journal is durable, as another thread can see it. */
export interface DurableView {
  /** One signed 64-bit integer. */
  readonly shared: SharedArrayBuffer
  readonly seq: () => number
  /** Brings what is shared up to date now. */
  readonly refresh: () => void
  readonly close: () => void
}

const intervalMs = 100

/** Makes a view of what is shared already, or of what can only be asked for, which is then copied. */
export function createDurableView(durable: SharedArrayBuffer | (() => number)): DurableView {
  const shared = typeof durable === 'function' ? new SharedArrayBuffer(8) : durable
  const cell = new BigInt64Array(shared)
  const seq = () => Number(Atomics.load(cell, 0))
  if (typeof durable !== 'function') {
    return { shared, seq, refresh: () => undefined, close: () => undefined }
  }
  const refresh = () => void Atomics.store(cell, 0, BigInt(durable()))
  refresh()
  const timer = setInterval(refresh, intervalMs).unref()
  return { shared, seq: durable, refresh, close: () => clearInterval(timer) }
}
