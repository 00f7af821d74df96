import { printable } from '../../identify/printable.ts'
import { createKnownIds } from './known-ids.ts'
import type { ParsedLine } from './parsed-line.ts'
import type { Place, Problems } from './problems.ts'

/** How many calls a journal has, and how they went. */
export interface CallCounts {
  readonly allowed: number
  readonly refused: number
  /** Allowed calls of which nothing says how they ended. */
  readonly open: number
}

/** Checks that every allowed call ends exactly once, and that nothing ends that was not allowed. */
export interface Pairing {
  readonly take: (line: ParsedLine, place: Place) => void
  /** Entries before the next are not there: what they began may end later. */
  readonly skip: () => void
  readonly finish: () => CallCounts
}

/**
 * Pairs decisions with completions. Calls may be open that were decided on since the last start: a running
 * service completes them, or the next start does. Those from before a start must have been closed by it.
 */
export function createPairing({ problems }: { readonly problems: Problems }): Pairing {
  const known = createKnownIds()
  const open = new Map<string, Place>()
  /** Calls that were open where entries are missing: they may have ended there, or end later. */
  const uncertain = new Set<string>()
  /** Whether a completion may be about a call whose decision is not there: any, or only one that a start closed. */
  let orphans: 'none' | 'closed' | 'all' = 'none'
  /** Where the last start was, and how many calls from before it are still to be closed by it. */
  let startOrder = 0
  let toClose = 0
  let allowed = 0
  let refused = 0

  function decide(id: string, isAllowed: boolean, place: Place): boolean {
    if (isAllowed) allowed += 1
    else refused += 1
    if (known.add(id)) return true
    const message = `decides on ${printable(id)}, which was decided on before`
    problems.add(place, 'duplicate_decision', message)
    return false
  }

  function complete(id: string, isClosing: boolean, place: Place): void {
    if (isClosing && toClose > 0) toClose -= 1
    if (open.delete(id) || uncertain.delete(id)) return
    if (known.has(id)) {
      const message = `completes ${printable(id)}, which was completed before, or refused`
      problems.add(place, 'second_completion', message)
    } else if (orphans === 'none' || (orphans === 'closed' && !isClosing)) {
      const message = `completes ${printable(id)}, which nothing before it has decided on`
      problems.add(place, 'no_decision', message)
    }
  }

  function start({ entry }: ParsedLine, place: Place): void {
    tellUnclosed()
    startOrder = place.order
    toClose = typeof entry['closed_calls'] === 'number' ? entry['closed_calls'] : 0
    if (orphans === 'all') orphans = 'closed'
  }

  /** Calls that were open at a start, and that it has not closed though it could have. */
  function tellUnclosed(): void {
    const left = [...open].filter(([, { order }]) => order < startOrder)
    for (const [id, place] of left.slice(toClose)) {
      const message = `allows ${printable(id)}, and no entry says how that ended, though a start came after it`
      problems.add(place, 'no_completion', message)
      open.delete(id)
    }
  }

  return {
    take(line, place) {
      const { kind, entry } = line
      if (kind === 'start') return start(line, place)
      if (kind !== 'decision' && kind !== 'completion') return
      const id = entry['decision_id']
      if (typeof id !== 'string' || id === '') {
        return problems.add(place, 'no_decision_id', `is a ${kind} without decision_id`)
      }
      const isWhole = kind === 'completion' && entry['level'] === 'completion'
      if (kind === 'completion' && !isWhole) {
        return complete(id, entry['outcome'] === 'unknown', place)
      }
      const isAllowed = isWhole || entry['outcome'] === 'allowed'
      if (decide(id, isAllowed, place) && isAllowed && !isWhole) open.set(id, place)
    },
    skip() {
      orphans = 'all'
      for (const id of open.keys()) uncertain.add(id)
      open.clear()
    },
    finish() {
      tellUnclosed()
      return { allowed, refused, open: open.size }
    },
  }
}
