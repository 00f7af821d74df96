/** Reads on where it stopped. */
interface Reader {
  readonly readOn: () => void
}

/** Header blocks of ordinary size that are read in one turn of the event loop, all connections together: some 20 ms. */
const workPerTurn = 512
const workMax = 32
const workMin = 2

/** Readers that have bytes left. */
let waiting = 0

/**
 * How much one reader may do now before others have their turn. What comes on a connection may begin thousands
 * of calls, on many connections hundreds of thousands, and whoever has one call would wait for all of them.
 */
export function workNow(): number {
  return Math.min(workMax, Math.max(workMin, Math.floor(workPerTurn / (waiting + 1))))
}

/** Lets a reader read on in the next turn, in which all others that wait have theirs. */
export function readNextTurn(reader: Reader): void {
  waiting += 1
  setImmediate(() => {
    waiting -= 1
    reader.readOn()
  })
}
