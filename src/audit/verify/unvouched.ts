import type { Place, Problems } from './problems.ts'

/** Signatures by keys that nobody trusts, kept until a trusted one covers the same entries. */
export interface Unvouched {
  /** One missing key is one problem, however often it has signed. */
  readonly add: (key: string, place: Place, message: string) => void
  /** A trusted signature covers all of it. Returns how many there were. */
  readonly supersede: () => number
  /** Tells of what no trusted signature covers. */
  readonly tell: () => void
}

/** Keeps what an unknown key has signed. Whatever is signed later by a trusted key needs no other. */
export function createUnvouched({ problems }: { readonly problems: Problems }): Unvouched {
  const kept = new Map<string, { place: Place; message: string; count: number }>()
  return {
    add(key, place, message) {
      const known = kept.get(key)
      if (known) known.count += 1
      else kept.set(key, { place, message, count: 1 })
    },
    supersede() {
      const count = [...kept.values()].reduce((sum, each) => sum + each.count, 0)
      kept.clear()
      return count
    },
    tell() {
      for (const { place, message, count } of kept.values()) {
        const more = count > 1 ? ` (the first of ${count} entries by this key)` : ''
        problems.add(place, 'unknown_key', `${message}${more}`)
      }
    },
  }
}
