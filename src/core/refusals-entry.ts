import { boundedText, type EntryBody } from './audit-entry.ts'
import type { RefusalCode } from './refusal.ts'

/** Calls that were refused for one reason before a token was verified, counted together. */
export interface CountedRefusals {
  /** When the entry is made, in milliseconds since the epoch. */
  readonly at: number
  readonly code: RefusalCode
  /** Exactly how many calls. */
  readonly count: number
  readonly firstAt: number
  readonly lastAt: number
  /** Some of the network addresses that they came from, and how many calls of each. */
  readonly peers: ReadonlyMap<string, number>
  /** Some of the methods that were asked for, and how many calls of each. */
  readonly methods: ReadonlyMap<string, number>
}

/** The entry that stands for calls which have none of their own. What is not named is still counted. */
export function refusalsEntry(counted: CountedRefusals): EntryBody {
  const { at, code, count, firstAt, lastAt, peers, methods } = counted
  return {
    time: new Date(at).toISOString(),
    kind: 'refusals',
    outcome: 'refused',
    code,
    count,
    first_time: new Date(firstAt).toISOString(),
    last_time: new Date(lastAt).toISOString(),
    ...named('peers', peers, count),
    ...named('methods', methods, count),
  }
}

function named(name: string, counts: ReadonlyMap<string, number>, count: number): object {
  const others = count - counts.values().reduce((sum, each) => sum + each, 0)
  const pairs = [...counts].map(([key, each]) => [boundedText(key), each] as const)
  return {
    ...(counts.size > 0 && { [name]: Object.fromEntries(pairs) }),
    ...(others > 0 && { [`other_${name}`]: others }),
  }
}
