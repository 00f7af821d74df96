/** How far a journal is durable, for all threads of the process to see. */
export interface DurableMark {
  /** One signed 64-bit integer: the number of the last durable entry. */
  readonly shared: SharedArrayBuffer
  readonly seq: () => number
  readonly moveTo: (seq: number) => void
}

/** Makes a mark that stands at 0. */
export function createDurableMark(): DurableMark {
  const shared = new SharedArrayBuffer(8)
  const cell = new BigInt64Array(shared)
  return {
    shared,
    seq: () => Number(Atomics.load(cell, 0)),
    moveTo: (seq) => void Atomics.store(cell, 0, BigInt(seq)),
  }
}
