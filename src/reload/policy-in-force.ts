import type { EntryBody } from '../core/audit-entry.ts'
import type { Policy } from '../core/policy.ts'
import { policyEntry, policyRefusalEntry } from '../core/policy-entry.ts'
import { policyChange } from '../core/policy-change.ts'
import type { Refusal } from '../core/refusal.ts'
import type { Logger } from '../log.ts'
import { loadSafely } from './load-safely.ts'
import type { LoadedPolicy, LoadPolicy } from './loaded-policy.ts'
import { oneAtATime } from './one-at-a-time.ts'

/** What came of looking at the policy file again. */
export type ReloadResult = 'applied' | 'unchanged' | 'refused' | 'unrecorded'

/** The policy by which calls are decided on, which another can take the place of. */
export interface PolicyInForce {
  readonly current: () => Policy
  /** Milliseconds since the epoch at which it came into force, in this process. */
  readonly since: () => number
  /** Why the file is not what is in force, or undefined when it is. */
  readonly trouble: () => string | undefined
  /** Looks at the file. Resolves to false where that should be done again without its changing. Never rejects. */
  readonly reload: () => Promise<boolean>
}

export interface PolicyInForceParts {
  /** What the service starts with. */
  readonly policy: Policy
  readonly load: LoadPolicy
  readonly journal: {
    readonly append: (
      entry: EntryBody,
    ) => Promise<{ readonly ok: true } | { readonly ok: false; readonly refusal: Refusal }>
    readonly enqueue: (entry: EntryBody) => void
  }
  readonly log: Logger
  readonly now: () => number
  readonly observe: (result: ReloadResult) => void
}

/**
 * Holds the policy in force. A file that cannot be used changes nothing, and everything that is wrong
 * with it is said. One that can be used takes effect once the journal has its entry: no record, no change.
 */
export function createPolicyInForce(parts: PolicyInForceParts): PolicyInForce {
  const { load, journal, log, now, observe } = parts
  let current = parts.policy
  let since = now()
  let trouble: string | undefined

  function refuse({ hash, faults }: Extract<LoadedPolicy, { ok: false }>): ReloadResult {
    const inForce = current.hash
    for (const { code, message } of faults) log.error({ code, problem: message }, 'the policy file')
    log.error(
      { policy_hash: inForce, refused_policy_hash: hash, problems: faults.length },
      'the policy file is not usable; the policy in force stays',
    )
    journal.enqueue(policyRefusalEntry({ at: now(), inForce: current, refusedHash: hash, faults }))
    trouble = `the policy file has ${faults.length} problem${faults.length === 1 ? '' : 's'} and is not in force; the log names them`
    return 'refused'
  }

  async function apply(after: Policy): Promise<ReloadResult> {
    const before = current
    const recorded = await journal.append(policyEntry({ at: now(), before, after }))
    if (!recorded.ok) {
      const { detail } = recorded.refusal
      const why = `the policy file is not in force, because that cannot be recorded: ${detail}`
      if (trouble !== why) log.error({ policy_hash: before.hash }, why)
      trouble = why
      return 'unrecorded'
    }
    current = after
    since = now()
    trouble = undefined
    const hashes = { policy_hash: after.hash, previous_policy_hash: before.hash }
    log.info({ ...hashes, ...policyChange(before, after) }, 'the policy was reloaded')
    return 'applied'
  }

  async function reloadOnce(): Promise<boolean> {
    const loaded = await loadSafely(load)
    let result: ReloadResult
    if (!loaded.ok) result = refuse(loaded)
    else if (loaded.policy.hash === current.hash) {
      if (trouble)
        log.info({ policy_hash: current.hash }, 'the policy file is the one in force again')
      trouble = undefined
      result = 'unchanged'
    } else {
      for (const { code, message } of loaded.warnings)
        log.warn({ code, problem: message }, 'the policy file')
      result = await apply(loaded.policy)
    }
    observe(result)
    return result !== 'unrecorded'
  }

  return {
    current: () => current,
    since: () => since,
    trouble: () => trouble,
    reload: oneAtATime(reloadOnce),
  }
}
