import type { Policy } from './policy.ts'

/** What is different between two policies: names of rules and denials, which are unique in a policy. */
export interface PolicyChange {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly changed: readonly string[]
}

/** Compares two policies by what they compile to: a role that changes, changes the rules that grant it. */
export function policyChange(before: Policy, after: Policy): PolicyChange {
  const [old, now] = [partsOf(before), partsOf(after)]
  const names = [...now.keys()]
  return {
    added: names.filter((name) => !old.has(name)),
    removed: [...old.keys()].filter((name) => !now.has(name)),
    changed: names.filter((name) => old.has(name) && old.get(name) !== now.get(name)),
  }
}

/** Every rule and denial by its name, as a text that is the same for two that decide the same. */
function partsOf({ rules, denials }: Policy): ReadonlyMap<string, string> {
  return new Map([
    ...rules.map((rule) => [rule.name, textOf(rule)] as const),
    ...denials.map((denial) => [denial.name, textOf(denial)] as const),
  ])
}

/** Functions are left out: each stands beside the text that it was compiled from. */
function textOf(part: object): string {
  return JSON.stringify(part, (_, value: unknown) => {
    if (value instanceof Map) return [...(value as ReadonlyMap<string, unknown>)].toSorted(byName)
    return value instanceof Set ? [...(value as ReadonlySet<string>)].toSorted() : value
  })
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1
}
