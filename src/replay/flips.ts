import type { Decision } from '../core/decision.ts'
import type { RecordedEntry } from '../core/recorded-call.ts'
import type { ReplayableCall } from './recorded-decision.ts'
import { textOf } from './text-of.ts'

/** Recorded calls that would come out otherwise, alike in all that is said of them. */
export interface FlipGroup {
  readonly from: 'allowed' | 'refused'
  readonly to: 'allowed' | 'refused'
  /** The rule that allowed them, or would allow them; absent where it took none. */
  readonly rule: string | undefined
  /** The code with which they were refused, or would be. */
  readonly code: string
  /** The project of the job, or the principal where the token names no project. */
  readonly project: string
  readonly method: string
  readonly namespace: string
  readonly count: number
  readonly firstTime: string
  readonly lastTime: string
  /** Decision ids, the first few. */
  readonly examples: readonly string[]
}

/** Counts flips by group, in memory that is bounded whatever the journal holds. */
export interface Flips {
  /** Counts a recorded decision, if the new one is not the same. */
  readonly count: (entry: RecordedEntry, asked: ReplayableCall, decision: Decision) => void
  /** By rule, and the largest first. */
  readonly groups: () => readonly FlipGroup[]
  readonly total: () => number
  /** Flips that are in no group, since there are too many groups. */
  readonly ungrouped: () => number
}

const groupsMax = 10_000
const examplesMax = 5

type Counted = { -readonly [K in keyof FlipGroup]: FlipGroup[K] } & { examples: string[] }

/** One recorded call whose decision would come out otherwise. */
export type Flip = NonNullable<ReturnType<typeof aboutFlip>> & {
  readonly time: string
  readonly decisionId: string
}

/** Makes a count of flips that is at 0, and tells of each. */
export function createFlips(onFlip?: (flip: Flip) => void): Flips {
  const groups = new Map<string, Counted>()
  let total = 0
  let ungrouped = 0
  return {
    count: (entry, asked, decision) => {
      const about = aboutFlip(entry, asked, decision)
      if (about === undefined) return
      total += 1
      const key = JSON.stringify(Object.values(about))
      const [time, id] = [textOf(entry, 'time'), textOf(entry, 'decision_id')]
      onFlip?.({ time, decisionId: id, ...about })
      const group = groups.get(key)
      if (group) {
        group.count += 1
        if (time < group.firstTime) group.firstTime = time
        if (time > group.lastTime) group.lastTime = time
        if (group.examples.length < examplesMax) group.examples.push(id)
      } else if (groups.size < groupsMax) {
        groups.set(key, { ...about, count: 1, firstTime: time, lastTime: time, examples: [id] })
      } else ungrouped += 1
    },
    groups: () => [...groups.values()].toSorted(byRule),
    total: () => total,
    ungrouped: () => ungrouped,
  }
}

/** What a flip is grouped by, or undefined where the outcome stays. */
function aboutFlip(entry: RecordedEntry, { identity, call }: ReplayableCall, decision: Decision) {
  const wasAllowed = entry['outcome'] === 'allowed'
  if (wasAllowed === decision.allowed) return undefined
  const rule = wasAllowed ? textOf(entry, 'rule') || undefined : decision.terms?.rule
  return {
    from: wasAllowed ? ('allowed' as const) : ('refused' as const),
    to: decision.allowed ? ('allowed' as const) : ('refused' as const),
    rule,
    code: decision.allowed ? textOf(entry, 'code') : decision.refusal.code,
    project: identity.claims.get('project_path') ?? identity.principal,
    method: call.method.name,
    namespace: call.namespace,
  }
}

function byRule(a: FlipGroup, b: FlipGroup): number {
  return (
    a.from.localeCompare(b.from) ||
    (a.rule ?? '').localeCompare(b.rule ?? '') ||
    b.count - a.count ||
    a.project.localeCompare(b.project)
  )
}
