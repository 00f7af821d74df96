import type { Place, ProblemCode, Problems } from './problems.ts'

/** A line that the next one may follow. */
export interface Head {
  readonly seq: number
  /** Undefined where anything is taken: before the first line of a part. */
  readonly digest: string | undefined
  /** Absent for what comes before the first line. */
  readonly place: Place | undefined
  /** Whether a problem was told of it already. */
  isTold: boolean
}

/** Keeps a line that its follower does not name by its digest, until it is clear which of the two is wrong. */
export interface Suspicion {
  readonly isOpen: () => boolean
  readonly raise: (accused: Head, follower: Place) => void
  /**
   * Ends it, now that the line behind the follower is known. `changed`: that one is in order, so the
   * follower is whole. `inserted`: it goes around the follower. `follower`: a signature shows that the
   * accused is whole. `either`: nothing more is known.
   */
  readonly settle: (verdict: 'changed' | 'inserted' | 'follower' | 'either') => void
}

/** Of two lines that do not fit, the one behind them shows which was changed: a digest is hard to forge. */
export function createSuspicion({ problems }: { readonly problems: Problems }): Suspicion {
  let suspect: { readonly accused: Head; readonly follower: Place } | undefined

  function tell(head: Head, code: ProblemCode, message: string): void {
    if (head.isTold || head.place === undefined) return
    head.isTold = true
    problems.add(head.place, code, message)
  }

  return {
    isOpen: () => suspect !== undefined,
    raise(accused, follower) {
      if (!accused.isTold) suspect = { accused, follower }
    },
    settle(verdict) {
      if (suspect === undefined) return
      const { accused, follower } = suspect
      suspect = undefined
      const at = `${follower.segment}:${follower.line}`
      if (verdict === 'inserted') {
        const message = 'was put in: the entry behind it follows the one before it'
        problems.add(follower, 'inserted', message)
      } else if (verdict === 'follower') {
        const message =
          'was changed: its prev is not the SHA-256 of the line before, which is signed'
        problems.add(follower, 'changed', message)
      } else if (verdict === 'changed') {
        tell(accused, 'changed', `was changed: ${at}, which is whole, names another SHA-256 for it`)
      } else {
        const message = `was changed, or the next was: ${at} names another SHA-256 for it`
        tell(accused, 'changed', message)
      }
    },
  }
}
