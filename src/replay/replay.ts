import { LRUCache } from 'lru-cache'
import { decide } from '../core/decision.ts'
import type { Identity } from '../core/identity.ts'
import type { Policy } from '../core/policy.ts'
import { identityOfEntry, type RecordedEntry } from '../core/recorded-call.ts'
import { methods } from '../temporal/methods.ts'
import { createFlips, type Flip, type FlipGroup } from './flips.ts'
import { replayableCall, type Unreplayable } from './recorded-decision.ts'
import { textOf } from './text-of.ts'

export interface ReplayParts {
  readonly policy: Policy
  /** In the order in which they were written, journal by journal; undefined for a line that is none. */
  readonly entries: AsyncIterable<RecordedEntry | undefined>
  /** Milliseconds since the epoch: calls before, or from then on, are left aside. */
  readonly since: number
  readonly until: number
  /** Told of every call that comes out otherwise, as it is found. */
  readonly onFlip?: ((flip: Flip) => void) | undefined
}

/** What a policy makes of calls that were recorded under another one. */
export interface ReplayReport {
  readonly replayed: number
  /** Time of the first and last call that was decided on again. */
  readonly firstTime: string | undefined
  readonly lastTime: string | undefined
  readonly flips: number
  readonly groups: readonly FlipGroup[]
  /** Flips that no group lists, since there are too many groups. */
  readonly ungrouped: number
  /** Calls that could not be decided on again, by why, and those before the policy by their code. */
  readonly leftOut: ReadonlyMap<Unreplayable, number>
  readonly refusedEarly: ReadonlyMap<string, number>
  /** Lines that are no entries: cut short by a crash, or damaged. */
  readonly unreadable: number
}

/**
 * Identities that are kept. The recorder introduces a token again once it has seen this many others, so
 * with as many kept, and used in the same order, none is missed.
 */
const identitiesMax = 20_000

const methodByName = new Map(methods.map((method) => [keyOf(method.service, method.name), method]))

/** Decides again on every recorded call, and counts those that come out otherwise. */
export async function replay({
  policy,
  entries,
  since,
  until,
  onFlip,
}: ReplayParts): Promise<ReplayReport> {
  const identities = new LRUCache<string, Identity>({ max: identitiesMax })
  const flips = createFlips(onFlip)
  const leftOut = new Map<Unreplayable, number>()
  const refusedEarly = new Map<string, number>()
  let [replayed, unreadable] = [0, 0]
  let [firstTime, lastTime]: (string | undefined)[] = []

  function decideAgain(entry: RecordedEntry): void {
    // Asked for whatever the time, so that identities are kept in the order in which they are used.
    const identity = identities.get(textOf(entry, 'token_sha256'))
    const time = textOf(entry, 'time')
    if (Date.parse(time) < since || Date.parse(time) >= until) return
    const asked = replayableCall(entry, identity, methodOf)
    if (typeof asked === 'string') {
      count(leftOut, asked)
      if (asked === 'before_policy') count(refusedEarly, textOf(entry, 'code'))
      return
    }
    replayed += 1
    if (firstTime === undefined || time < firstTime) firstTime = time
    if (lastTime === undefined || time > lastTime) lastTime = time
    flips.count(entry, asked, decide(policy, asked.identity, asked.call))
  }

  for await (const entry of entries) {
    if (entry === undefined) unreadable += 1
    else if (entry['kind'] === 'decision') decideAgain(entry)
    else if (entry['kind'] === 'identity') {
      const identity = identityOfEntry(entry)
      if (identity) identities.set(identity.tokenDigest, identity)
    }
  }
  return {
    replayed,
    firstTime,
    lastTime,
    flips: flips.total(),
    groups: flips.groups(),
    ungrouped: flips.ungrouped(),
    leftOut,
    refusedEarly,
    unreadable,
  }
}

function methodOf(service: unknown, name: unknown) {
  return methodByName.get(keyOf(service, name))
}

function keyOf(...names: unknown[]): string {
  return JSON.stringify(names)
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
