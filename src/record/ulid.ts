import { randomFillSync } from 'node:crypto'
import { toCrockford } from './crockford.ts'
import type { JsonBytes } from './json-bytes.ts'

/** Random bytes that are fetched at once: asking for ten at a time costs more than all else here. */
const poolBytes = 4000
const bytesPerPrefix = 10

/** Two digits for each of 1,024 numbers, so that counting up makes no new text digit by digit. */
const pairs = Array.from({ length: 1024 }, (_, value) => toCrockford(value, 2))

/** Makes identifiers, each as a text or written at once: a text that is made of pieces is copied once more. */
export interface Ulids {
  readonly next: () => string
  readonly writeNext: (out: Pick<JsonBytes, 'ascii'>) => void
}

/**
 * Makes ULIDs that ascend in the order in which they are made: 48 bits of time, then 80 random bits
 * that count up within a millisecond. <https://github.com/ulid/spec>
 */
export function createUlids({ now }: { readonly now: () => number }): Ulids {
  const pool = Buffer.alloc(poolBytes)
  let used = poolBytes
  let latestMs = -1
  let prefix = ''
  let upper = 0
  let lower = 0

  /** Draws the random half anew; four digits of it, 20 bits, are `lower` and count up. */
  function draw(atMs: number): void {
    if (used === poolBytes) randomFillSync(pool)
    used %= poolBytes
    prefix = toCrockford(atMs, 10) + toCrockford(pool.readUIntBE(used, 5), 8)
    const counter = pool.readUIntBE(used + 5, 5)
    // Half the range is left free, so that counting up does not run over.
    upper = Math.floor(counter / 2 ** 20) % 2 ** 19
    lower = counter % 2 ** 20
    prefix += toCrockford(upper, 4)
    used += bytesPerPrefix
  }

  function advance(): void {
    const atMs = now()
    // A clock that is set back must not make identifiers descend.
    if (atMs > latestMs) {
      latestMs = atMs
      draw(atMs)
      return
    }
    lower += 1
    if (lower < 2 ** 20) return
    lower = 0
    upper += 1
    prefix = prefix.slice(0, 18) + toCrockford(upper, 4)
  }

  return {
    next() {
      advance()
      return prefix + (pairs[lower >> 10] as string) + (pairs[lower & 1023] as string)
    },
    writeNext(out) {
      advance()
      out.ascii(prefix)
      out.ascii(pairs[lower >> 10] as string)
      out.ascii(pairs[lower & 1023] as string)
    },
  }
}
