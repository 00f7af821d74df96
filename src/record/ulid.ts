import { randomBytes } from 'node:crypto'
import { toCrockford } from './crockford.ts'

/**
 * Makes ULIDs that ascend in the order in which they are made: 48 bits of time, then 80 random bits
 * that count up within a millisecond. <https://github.com/ulid/spec>
 */
export function createUlids({ now }: { readonly now: () => number }): () => string {
  let latestMs = -1
  let prefix = ''
  let counter = 0
  return () => {
    const atMs = now()
    // A clock that is set back must not make identifiers descend.
    if (atMs > latestMs) {
      latestMs = atMs
      const random = randomBytes(10)
      prefix = toCrockford(atMs, 10) + toCrockford(random.readUIntBE(0, 5), 8)
      // Half the range is left free, so that counting up does not run over.
      counter = random.readUIntBE(5, 5) % 2 ** 39
    } else {
      counter += 1
    }
    return prefix + toCrockford(counter, 8)
  }
}
