import type { ParsedLine } from './parsed-line.ts'
import type { Place, Problems } from './problems.ts'

/** Entries that are not there because whole segments are not. */
interface Gap {
  readonly from: number
  readonly through: number
  /** What the entry behind names as the one before it, where it is the one that is due there. */
  readonly prev: string | undefined
  readonly place: Place
}

/** Checks that segments that are gone were removed by the journal itself. */
export interface Gaps {
  readonly add: (gap: Gap) => void
  /** Takes the digest of the last line of a segment. */
  readonly endSegment: (seq: number, digest: string) => void
  readonly retention: (line: ParsedLine, place: Place) => void
  /** Tells of gaps that no signed entry accounts for. */
  readonly finish: (signedThrough: number) => void
}

interface Removal {
  readonly seq: number
  readonly through: number
  readonly head: unknown
}

/**
 * Accounts for missing segments by `retention` entries, which are written before anything is removed. Only
 * one that a checkpoint covers counts: anybody could add one to the end of a chain.
 */
export function createGaps({ problems }: { readonly problems: Problems }): Gaps {
  const gaps: Gap[] = []
  const removals: Removal[] = []
  const ends = new Map<number, string>()

  function tell({ from, through, prev, place }: Gap, signedThrough: number): void {
    const covering = removals.filter((removal) => removal.through >= through)
    const isBeginning = from === 1
    const what = `entries ${from} to ${through} are missing`
    const name = `${String(from).padStart(12, '0')}.jsonl`
    const code = isBeginning ? 'missing_beginning' : 'missing_segment'
    if (covering.length === 0) {
      const cause = isBeginning
        ? 'and no retention entry says that they were removed'
        : `${name} is gone, or they were cut off the end of the segment before`
      problems.add(place, code, `${what}: ${cause}`)
    } else if (!covering.some(({ seq }) => seq <= signedThrough)) {
      const message = `${what}: a retention entry says that they were removed, which no checkpoint covers yet`
      problems.add(place, code, message)
    } else if (prev !== undefined) {
      const exact = covering.find((removal) => removal.through === through)
      if (exact && exact.head !== prev) {
        const message = `the entry that follows names another SHA-256 for entry ${through} than retention entry ${exact.seq}`
        problems.add(place, 'bad_retention', message)
      }
    }
  }

  return {
    add: (gap) => void gaps.push(gap),
    endSegment: (seq, digest) => void ends.set(seq, digest),
    retention({ seq, entry }, place) {
      const { removed_through_seq: through, removed_head: head } = entry
      if (typeof through !== 'number' || through >= seq) {
        return problems.add(
          place,
          'bad_retention',
          'does not say which entries before it were removed',
        )
      }
      removals.push({ seq, through, head })
      const known = ends.get(through)
      if (known === undefined || known === head) return
      const message = `says that entry ${through} had another SHA-256 than it has`
      problems.add(place, 'bad_retention', message)
    },
    finish(signedThrough) {
      for (const gap of gaps) tell(gap, signedThrough)
    },
  }
}
