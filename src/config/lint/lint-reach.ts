import type { NarrowedField } from '../../core/call.ts'
import { narrowedFields, type GrantTerms } from '../../core/grant.ts'
import type { Rule } from '../../core/rule.ts'
import type { Verb } from '../../core/verb.ts'
import { methods } from '../../temporal/methods.ts'
import { reachableMethods } from '../../temporal/reachable-methods.ts'
import type { Report } from '../report.ts'
import type { PlacedRule } from './placed.ts'

/** Warns where a narrowing leaves a role less than its name promises. */
export function lintReach({ rule, path }: PlacedRule, report: Report): void {
  for (const [at, terms] of rule.grants.entries()) {
    if (terms.narrowing.size === 0) continue
    const reached = reachedIn(rule, terms)
    const here = [...path, 'grants', at, 'role']
    const lost = lostVerbs(terms, reached)
    const under = `narrowing by ${[...terms.narrowing.keys()].join(', ')}`
    if (lost.length > 0) {
      const why = `has ${lost.join(', ')}, which no call can use under ${under}`
      report('verb-unreachable', here, `${why}; ${remedyFor(terms, lost)}`)
    }
    for (const { verbs, isMain, method, use } of mainMethods) {
      if (verbs.some((verb) => !terms.verbs.has(verb) || lost.includes(verb))) continue
      if (reached.has(method) || !isMain(terms)) continue
      const why = `does not let its holder ${use} under ${under}: ${method} is outside`
      report('method-unreachable', here, `${why}; ${methodRemedy(terms, method)}`)
    }
  }
}

/** What a rule reaches where these terms count, by whichever of its grants there. */
function reachedIn(rule: Rule, terms: GrantTerms): ReadonlySet<string> {
  const scope = JSON.stringify(terms.over)
  const grants = rule.grants.filter(({ over }) => JSON.stringify(over) === scope)
  return new Set(grants.flatMap((grant) => reachableMethods(grant).map(({ name }) => name)))
}

/** Verbs of which no method is within reach. A method that takes several verbs counts for none of them. */
function lostVerbs(terms: GrantTerms, reached: ReadonlySet<string>): Verb[] {
  return [...terms.verbs].filter((verb) => {
    // Completing by id is a by-way of a worker's; hardly one uses it.
    if (verb === 'complete' && terms.verbs.has('work')) return false
    const names = methods.filter(({ verbs }) => verbs.every((needed) => needed === verb))
    return !names.some(({ name }) => reached.has(name))
  })
}

/** Calls that a verb is mostly granted for, and that narrowing may leave out while others stay. */
const mainMethods: readonly {
  readonly verbs: readonly Verb[]
  readonly method: string
  /** What the method is for, after "does not let its holder". */
  readonly use: string
  readonly isMain: (terms: GrantTerms) => boolean
}[] = [
  {
    verbs: ['start', 'read'],
    method: 'GetWorkflowExecutionHistory',
    use: 'await what it starts, as result and --follow do,',
    // A scheduler's starts are those of its schedules, which nobody awaits.
    isMain: ({ verbs }) => !verbs.has('schedule'),
  },
  {
    verbs: ['read'],
    method: 'ListWorkflowExecutions',
    use: 'list or count',
    isMain: ({ verbs }) => [...verbs].every((verb) => verb === 'connect' || verb === 'read'),
  },
  {
    verbs: ['work'],
    method: 'PollWorkflowTaskQueue',
    use: 'poll for tasks, from its sticky queue or the shared one,',
    isMain: () => true,
  },
  { verbs: ['schedule'], method: 'DeleteSchedule', use: 'delete schedules', isMain: () => true },
  {
    verbs: ['deploy'],
    method: 'SetWorkerDeploymentCurrentVersion',
    use: 'make a version current',
    isMain: () => true,
  },
]

function remedyFor(terms: GrantTerms, lost: readonly Verb[]): string {
  const some = helpfulFields(terms, (reached) => lostVerbs(terms, reached).length < lost.length)
  const whole = helpfulFields(terms, (reached) => lostVerbs(terms, reached).length === 0)
  const fields = whole.length > 0 ? whole : some
  const smaller = 'take a role without them, or grant them apart without narrowing'
  return fields.length > 0 ? `add ${fields.join(' or ')}, or ${smaller}` : smaller
}

function methodRemedy(terms: GrantTerms, method: string): string {
  const fields = helpfulFields(terms, (reached) => reached.has(method))
  const apart = 'grant it apart without narrowing'
  return fields.length > 0 ? `add ${fields.join(' or ')}, or ${apart}` : apart
}

/** The fields that would help if the grant were narrowed by them too. */
function helpfulFields(
  terms: GrantTerms,
  helps: (reached: ReadonlySet<string>) => boolean,
): NarrowedField[] {
  return narrowedFields.filter((field) => {
    if (terms.narrowing.has(field)) return false
    const narrowing = new Map(terms.narrowing).set(field, [])
    return helps(new Set(reachableMethods({ ...terms, narrowing }).map(({ name }) => name)))
  })
}
