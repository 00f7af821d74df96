import { genesis } from '../../record/chain.ts'
import type { ParsedLine } from './parsed-line.ts'
import type { Place, Problems } from './problems.ts'
import { createSuspicion, type Head, type Suspicion } from './suspicion.ts'

/** `next`: it is the entry that is due. `after_gap`: others are missing before it. `aside`: it does not count. */
export type Standing = 'next' | 'after_gap' | 'aside'

/** Follows a chain line by line, and goes on behind a fault, so that several are each found. */
export interface ChainCheck {
  /** Number of the entry that is due. */
  readonly due: () => number
  /** Takes the next line; undefined for one that is no entry. */
  readonly follow: (line: ParsedLine | undefined, digest: string, place: Place) => Standing
  /** Goes on behind the entry with this number, whatever the next names as the one before it. */
  readonly jumpTo: (seq: number) => void
  /** Takes it as certain that the line before the last one is whole: a checkpoint has its digest. */
  readonly vouch: () => void
  /** Says what is known only now about the last lines. */
  readonly finish: () => void
}

/** A line, and what the next line may follow: the likeliest first, and never none. */
interface Step {
  readonly line: ParsedLine
  readonly digest: string
  readonly place: Place
  readonly heads: readonly [Head, ...Head[]]
  readonly problems: Problems
  readonly suspicion: Suspicion
}

interface Result {
  readonly heads: readonly [Head, ...Head[]]
  readonly standing: Standing
}

/**
 * Checks that lines follow one another. A fault leaves more than one line that the next may follow: the
 * entry that is due may have been changed, or another put before it. What follows decides between them.
 */
export function createChainCheck({ problems }: { readonly problems: Problems }): ChainCheck {
  const suspicion = createSuspicion({ problems })
  let heads: Step['heads'] = [{ ...genesis, place: undefined, isTold: false }]

  return {
    due: () => heads[0].seq + 1,
    follow(line, digest, place) {
      const [head] = heads
      if (line === undefined) {
        suspicion.settle('either')
        const message = 'is no entry: not one JSON object with seq, prev, time and kind'
        problems.add(place, 'not_an_entry', message)
        heads = [{ seq: head.seq + 1, digest, place, isTold: true }, head]
        return 'aside'
      }
      const result = follow({ line, digest, place, heads, problems, suspicion })
      heads = result.heads
      return result.standing
    },
    jumpTo(seq) {
      suspicion.settle('either')
      heads = [{ seq, digest: undefined, place: undefined, isTold: true }]
    },
    vouch() {
      if (!suspicion.isOpen()) return
      suspicion.settle('follower')
      heads[0].isTold = true
    },
    finish: () => suspicion.settle('either'),
  }
}

function follow(step: Step): Result {
  const { line, digest, place, heads, suspicion } = step
  const before = heads.filter((head) => head.seq + 1 === line.seq)
  const linked = before.find((head) => head.digest === undefined || head.digest === line.prev)
  if (linked === undefined) {
    suspicion.settle('either')
    return before[0] === undefined ? astray(step) : unlinked(step, before[0])
  }
  const [head] = heads
  if (linked !== head && !suspicion.isOpen() && head.seq === line.seq && !head.isTold) {
    return twin(step, head)
  }
  suspicion.settle(linked === head ? 'changed' : 'inserted')
  return { heads: [{ seq: line.seq, digest, place, isTold: false }, linked], standing: 'next' }
}

/** Two lines follow the same one. Which of them is the entry shows in the next. */
function twin({ line, digest, place, problems }: Step, other: Head): Result {
  const message = `there are two entries ${line.seq}, here and before; one of them was put in`
  problems.add(place, 'duplicate_seq', message)
  return { heads: [{ seq: line.seq, digest, place, isTold: true }, other], standing: 'aside' }
}

/** The number fits and the digest does not. */
function unlinked({ line, digest, place, problems, suspicion }: Step, before: Head): Result {
  if (before.place === undefined) {
    const message = 'was changed: its prev is not 64 zeros, as that of the first entry is'
    problems.add(place, 'changed', message)
  } else suspicion.raise(before, place)
  return { heads: [{ seq: line.seq, digest, place, isTold: false }, before], standing: 'next' }
}

/** The number does not fit. Where the line belongs shows in those behind it. */
function astray({ line, digest, place, heads, problems }: Step): Result {
  const [head] = heads
  const due = head.seq + 1
  const inPlace = { seq: due, digest, place, isTold: true }
  const asNumbered = { seq: line.seq, digest, place, isTold: false }
  if (heads.some((each) => each.digest === line.prev)) {
    problems.add(place, 'wrong_seq', `its seq is ${line.seq} where ${due} is due`)
    return { heads: [inPlace, asNumbered, head], standing: 'next' }
  }
  if (line.seq > due) {
    const missing =
      line.seq - 1 === due ? `entry ${due} is` : `entries ${due} to ${line.seq - 1} are`
    problems.add(place, 'missing_entries', `${missing} missing before this one`)
    return { heads: [asNumbered, inPlace, head], standing: 'after_gap' }
  }
  const message = `is entry ${line.seq} where ${due} is due: it was moved, or put in`
  problems.add(place, 'misplaced', message)
  return { heads: [head, { ...asNumbered, isTold: true }, inPlace], standing: 'aside' }
}
