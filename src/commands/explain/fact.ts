import type { NarrowedField, Need } from '../../core/call.ts'
import type { RuleExplanation, TestExplanation } from '../../core/explanation.ts'
import type { GrantTerms, Shortfall } from '../../core/grant.ts'
import { builtInRoles } from '../../core/role.ts'
import type { Verb } from '../../core/verb.ts'
import { printable } from '../../identify/printable.ts'
import type { FindPlace, Place } from './policy-places.ts'

/** One thing that a rule asks for or gives, and whether it fits. */
export interface Fact {
  readonly rule: string
  readonly about: 'issuer' | 'section' | 'claim' | 'guard' | 'grant'
  readonly holds: boolean
  readonly message: string
  /** Of a claim: its name, the test as the policy has it, and the token's value if it has one. */
  readonly claim?: string
  readonly wanted?: string
  readonly value?: string | undefined
  /** Where the policy says so. */
  readonly place: Place | undefined
}

/** Everything that a rule asks for and gives, in the order in which it counts. */
export function factsOf(
  explained: RuleExplanation,
  needs: readonly Need[],
  placeOf: FindPlace,
): readonly Fact[] {
  const rule = explained.name
  const { issuer, kind } = explained.rule
  const facts: Fact[] = []
  if (!explained.isOfIssuer) {
    const message = `is for tokens of the issuer ${issuer}`
    facts.push({ rule, about: 'issuer', holds: false, message, place: placeOf(rule, 'issuer') })
  }
  if (!explained.isOfSection) {
    const message = `is for identities of the kind ${kind}`
    facts.push({ rule, about: 'section', holds: false, message, place: placeOf(rule) })
  }
  for (const test of explained.tests) facts.push(claimFact(rule, test, placeOf))
  for (const guard of explained.guards) {
    const message = `the guard ${guard} is tripped, and the rule does not allow it`
    facts.push({ rule, about: 'guard', holds: false, message, place: placeOf(rule, 'allow') })
  }
  for (const [at, { terms, shortfalls }] of explained.grants.entries()) {
    const place = placeOf(rule, 'grants', at)
    for (const [index, need] of needs.entries()) {
      const short = shortfalls[index]
      const words = short ? shortfallWords(short, terms, need) : `has ${needWords(need)}`
      const message = `${grantWords(terms)} ${words}`
      facts.push({ rule, about: 'grant', holds: short === undefined, message, place })
    }
  }
  return facts
}

function claimFact(rule: string, test: TestExplanation, placeOf: FindPlace): Fact {
  const { claim, wanted, value, holds } = test
  const has = value === undefined ? 'the token has none' : `the token has ${shown(value)}`
  const message = holds
    ? `${claim} is ${shown(value ?? 'absent')}`
    : `${claim}: wanted ${wanted}, ${has}`
  const place = placeOf(rule, 'match', claim)
  return { rule, about: 'claim', holds, message, claim, wanted, value, place }
}

/** A grant in words, such as `starter over payments`. */
export function grantWords({ role, over }: GrantTerms): string {
  return `the grant of ${role} over ${overWords(over)}`
}

function overWords(over: GrantTerms['over']): string {
  if ('namespace' in over) return over.namespace
  return 'cluster' in over ? 'the cluster' : 'the audit review'
}

/** A need in words, such as `start in payments`. */
export function needWords({ verb, namespace }: Need): string {
  return `${verb} ${namespace === '' ? 'on the cluster' : `in ${shown(namespace)}`}`
}

/** What a narrowed field is called outside the policy file. */
export const fieldWords: Readonly<Record<NarrowedField, string>> = {
  workflow_types: 'workflow type',
  task_queues: 'task queue',
  workflow_ids: 'workflow id',
  handlers: 'signal, update or query name',
}

function shortfallWords(short: Shortfall, terms: GrantTerms, need: Need): string {
  switch (short.kind) {
    case 'scope':
      return `does not reach ${need.namespace === '' ? 'the cluster: that takes cluster: true' : shown(need.namespace)}`
    case 'verb':
      return `has no ${need.verb}; built-in roles that have it: ${rolesWith(need.verb).join(', ')}`
    case 'narrowing': {
      const limit = `is narrowed to ${short.field} [${limitsOf(terms, short.field).join(', ')}]`
      if (short.value !== '') return `${limit}, which ${shown(short.value)} does not match`
      return `${limit}, and the request shows no ${fieldWords[short.field]} that could match`
    }
    case 'outside': {
      const fields = [...terms.narrowing.keys()].join(' and ')
      return `is narrowed by ${fields}, and ${need.verb} in this request has none of it`
    }
  }
}

/** What a grant narrows a field to, as the policy file has it. */
export function limitsOf({ narrowing }: GrantTerms, field: NarrowedField): readonly string[] {
  return [...narrowing].flatMap(([name, patterns]) =>
    name === field ? patterns.map(({ text }) => text) : [],
  )
}

/** Sallyport's own roles, those with the fewest verbs first. Temporal's are wide, and never advised. */
export const ownRoles: readonly (readonly [role: string, verbs: readonly Verb[]])[] = [
  ...builtInRoles,
]
  .filter(([role]) => !role.startsWith('temporal:'))
  .toSorted(([, some], [, others]) => some.length - others.length)

/** The own roles that have a verb. */
export function rolesWith(verb: Verb): readonly string[] {
  return ownRoles.filter(([, verbs]) => verbs.includes(verb)).map(([role]) => role)
}

/** A value that somebody else chose, fit for a terminal. */
export function shown(value: string): string {
  return value === '' ? '""' : printable(value, 200)
}
