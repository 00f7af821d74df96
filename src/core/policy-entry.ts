import type { EntryBody } from './audit-entry.ts'
import type { Policy } from './policy.ts'
import { policyChange } from './policy-change.ts'

/** Names that an entry lists of each kind of change; the counts are always whole. */
const namesMax = 50

/** Why a policy file cannot be used: one thing that is wrong with it, or a test of it that fails. */
export interface PolicyFault {
  readonly code: string
  /** For the log: where it is and what to do. */
  readonly message: string
}

export interface PolicyChangeFacts {
  readonly at: number
  readonly before: Policy
  readonly after: Policy
}

/** The entry that is written before another policy takes effect: which, and what is different in it. */
export function policyEntry({ at, before, after }: PolicyChangeFacts): EntryBody {
  const changes = Object.entries(policyChange(before, after)).map(
    ([kind, names]: [string, readonly string[]]) =>
      [kind, { count: names.length, names: names.slice(0, namesMax) }] as const,
  )
  return {
    time: new Date(at).toISOString(),
    kind: 'policy',
    outcome: 'allowed',
    policy_hash: after.hash,
    previous_policy_hash: before.hash,
    rule_count: after.rules.length,
    denial_count: after.denials.length,
    ...Object.fromEntries(changes),
  }
}

export interface PolicyRefusalFacts {
  readonly at: number
  readonly inForce: Policy
  /** Hash of the file that was refused; absent where it could not even be read. */
  readonly refusedHash: string | undefined
  readonly faults: readonly PolicyFault[]
}

/** The entry that says that a policy file was not taken, and which policy stays in force instead. */
export function policyRefusalEntry(facts: PolicyRefusalFacts): EntryBody {
  const problems = new Map<string, number>()
  for (const { code } of facts.faults) problems.set(code, (problems.get(code) ?? 0) + 1)
  return {
    time: new Date(facts.at).toISOString(),
    kind: 'policy',
    outcome: 'refused',
    policy_hash: facts.inForce.hash,
    ...(facts.refusedHash !== undefined && { refused_policy_hash: facts.refusedHash }),
    problem_count: facts.faults.length,
    problems: Object.fromEntries(problems),
  }
}
