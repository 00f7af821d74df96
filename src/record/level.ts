import type { AuditLevels } from '../config/audit-settings.ts'
import type { Call } from '../core/call.ts'
import type { Verb } from '../core/verb.ts'

/** Verbs that change nothing. */
const readVerbs: ReadonlySet<Verb> = new Set<Verb>(['connect', 'read', 'browse'])

/** Verbs of workers: polls, and answers to what was polled. */
const workVerbs: ReadonlySet<Verb> = new Set<Verb>(['work', 'complete'])

/**
 * Whether an allowed call has a decision and a completion, or one entry at its end. Everything that the
 * call takes must be of one group: what its method is for, and what its message hides.
 */
export function levelOf({ method, needs }: Call, levels: AuditLevels): 'both' | 'completion' {
  if (levels.read === 'both' && levels.work === 'both') return 'both'
  const isAll = (group: ReadonlySet<Verb>) =>
    method.verbs.length > 0 &&
    method.verbs.every((verb) => group.has(verb)) &&
    needs.every(({ verb }) => group.has(verb))
  if (isAll(readVerbs)) return levels.read
  return isAll(workVerbs) ? levels.work : 'both'
}
