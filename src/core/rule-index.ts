import { pinnedValues } from './claim-test.ts'
import type { Identity } from './identity.ts'
import { rememberEach } from './remember-each.ts'
import type { Denial, Match } from './rule.ts'

/** What can be indexed: rules and denials. */
type Indexable = Pick<Denial, 'issuer' | 'match'>

/** A claim that a rule limits to exact values. */
interface Pin {
  readonly claim: string
  readonly values: readonly string[]
}

/** Positions of rules by the name of a claim and one of its values. */
type Filed = Map<string, Map<string, number[]>>

type CountOf = (claim: string, value: string) => number

/**
 * Finds the few rules that could match an identity among many. Each rule is filed once, under the values
 * of that of its pinned claims which it shares with the fewest rules: usually the project, and in a
 * project with many rules what tells those apart. A rule that pins none is a candidate for everybody.
 * Candidates come in the order of the file.
 */
export function createRuleIndex<T extends Indexable>(
  rules: readonly T[],
): (identity: Identity) => readonly T[] {
  const pins = rules.map(({ match }) => pinsOf(match))
  const countOf = countPins(pins.flat())
  const filed: Filed = new Map()
  const unpinned: number[] = []
  for (const [position, own] of pins.entries()) {
    const pin = rarestOf(own, countOf)
    if (pin === undefined) unpinned.push(position)
    else for (const value of pin.values) file(filed, pin.claim, value, position)
  }
  // Nothing in an identity changes, and a caller of many calls has the same one with each.
  return rememberEach((identity: Identity): readonly T[] => {
    const positions = [...unpinned]
    for (const [claim, byValue] of filed) {
      const list = identity.lists?.get(claim)
      for (const position of positionsOf(list ?? [], byValue)) positions.push(position)
      const value = identity.claims.get(claim)
      const found = value === undefined ? undefined : byValue.get(value)
      // One at a time: a spread of very many arguments does not fit on the stack.
      for (const position of found ?? []) positions.push(position)
    }
    const candidates: T[] = []
    for (const position of positions.sort((a, b) => a - b)) {
      const rule = rules[position]
      if (rule && isForIssuer(rule, identity)) candidates.push(rule)
    }
    return candidates
  })
}

/** Of a claim with several values: a rule may be filed under more than one of them. */
function positionsOf(
  values: readonly string[],
  byValue: ReadonlyMap<string, readonly number[]>,
): ReadonlySet<number> {
  return new Set(values.flatMap((value) => byValue.get(value) ?? []))
}

function isForIssuer({ issuer }: Indexable, identity: Identity): boolean {
  return issuer === undefined || issuer === identity.issuer
}

function pinsOf(match: Match): readonly Pin[] {
  return [...match].flatMap(([claim, test]): Pin[] => {
    const values = pinnedValues(test)
    return values === undefined ? [] : [{ claim, values: [...new Set(values)] }]
  })
}

/** Counts the rules that share a pinned value. */
function countPins(pins: readonly Pin[]): CountOf {
  const counts = new Map<string, number>()
  const countOf: CountOf = (claim, value) => counts.get(`${claim} ${value}`) ?? 0
  for (const { claim, values } of pins) {
    for (const value of values) counts.set(`${claim} ${value}`, countOf(claim, value) + 1)
  }
  return countOf
}

/** Of pins that are as rare, the first. */
function rarestOf(pins: readonly Pin[], countOf: CountOf): Pin | undefined {
  let rarest: Pin | undefined
  let fewest = Infinity
  for (const pin of pins) {
    const counts = pin.values.map((value) => countOf(pin.claim, value))
    const most = counts.reduce((one, other) => Math.max(one, other), 0)
    if (most < fewest) {
      rarest = pin
      fewest = most
    }
  }
  return rarest
}

function file(filed: Filed, claim: string, value: string, position: number): void {
  const byValue = filed.get(claim) ?? new Map<string, number[]>()
  filed.set(claim, byValue)
  const positions = byValue.get(value)
  if (positions) positions.push(position)
  else byValue.set(value, [position])
}
