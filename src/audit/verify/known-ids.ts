/** A set of decision ids that stays small: eight bytes an id, where a set of texts takes a hundred. */
export interface KnownIds {
  /** Adds an id, and says whether it is new. */
  readonly add: (id: string) => boolean
  readonly has: (id: string) => boolean
}

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const canonical = /^d-[0-9A-HJKMNP-TV-Z]{12}$/
const firstCapacity = 2 ** 12

/**
 * Remembers every decision of a journal, of which there may be tens of millions: more than a `Set` of
 * Node holds. An id is 60 bits, kept as two numbers in an open table. Other texts go into a set.
 */
export function createKnownIds(): KnownIds {
  const others = new Set<string>()
  let capacity = firstCapacity
  let count = 0
  /** Two numbers a place. The first is never 0 where the place is taken. */
  let table = new Uint32Array(2 * capacity)

  /** Where a pair of numbers is, or the free place where it would be. */
  function placeOf(high: number, low: number): number {
    let place = (Math.imul(high, 0x9e3779b1) ^ Math.imul(low, 0x85ebca6b)) >>> 0
    for (; ; place += 1) {
      const at = 2 * (place % capacity)
      if (table[at] === 0 || (table[at] === high && table[at + 1] === low)) return at
    }
  }

  function grow(): void {
    const before = table
    capacity *= 2
    table = new Uint32Array(2 * capacity)
    for (let at = 0; at < before.length; at += 2) {
      const [high = 0, low = 0] = [before[at], before[at + 1]]
      if (high !== 0) table.set([high, low], placeOf(high, low))
    }
  }

  return {
    add(id) {
      if (!canonical.test(id)) return others.size !== others.add(id).size
      const [high, low] = numbersOf(id)
      const at = placeOf(high, low)
      if (table[at] !== 0) return false
      table.set([high, low], at)
      count += 1
      if (count > capacity / 2) grow()
      return true
    },
    has(id) {
      if (!canonical.test(id)) return others.has(id)
      const [high, low] = numbersOf(id)
      return table[placeOf(high, low)] !== 0
    },
  }
}

/** The two halves of an id, 30 bits each; the first one more, so that it is never 0. */
function numbersOf(id: string): readonly [high: number, low: number] {
  let [high, low] = [0, 0]
  for (let at = 2; at < 8; at += 1) {
    high = high * 32 + alphabet.indexOf(id.charAt(at))
    low = low * 32 + alphabet.indexOf(id.charAt(at + 6))
  }
  return [high + 1, low]
}
