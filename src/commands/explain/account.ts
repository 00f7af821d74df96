import { decide, type Decision } from '../../core/decision.ts'
import { explain, type Explanation } from '../../core/explanation.ts'
import type { Need } from '../../core/call.ts'
import { guardRefusal } from '../../core/guard.ts'
import type { Identity } from '../../core/identity.ts'
import type { Policy } from '../../core/policy.ts'
import { isRefusal, type Refusal, type RefusalCode } from '../../core/refusal.ts'
import { remedies } from '../../core/remedy.ts'
import type { Case } from './case.ts'
import { changesFor, isOfOwner, type Change } from './change.ts'
import { factsOf, grantWords, needWords, type Fact } from './fact.ts'
import { newRule } from './new-rule.ts'
import type { Note } from './note.ts'
import type { FindPlace, Place } from './policy-places.ts'
import { isLasting } from './token-check.ts'
import { trapsIn } from './traps.ts'

/** Why, in one sentence, and where the policy says so. */
export interface Reason {
  readonly message: string
  readonly rule?: string
  readonly place?: Place | undefined
}

/** What one rule made of the case. */
export interface RuleAccount {
  readonly name: string
  readonly place: Place | undefined
  /** Whether its tests hold and no guard or section is in the way. */
  readonly applies: boolean
  readonly facts: readonly Fact[]
}

/** A whole explanation, ready to be printed. */
export interface Account {
  readonly outcome: 'allowed' | 'refused'
  readonly code: string | undefined
  readonly detail: string | undefined
  /** The rule and the role that allow the call. */
  readonly rule: string | undefined
  readonly role: string | undefined
  /** Names of the rules whose tests hold. */
  readonly matching: readonly string[]
  /** Absent where there is none: the token or the claims are no good. */
  readonly identity: Identity | undefined
  readonly needs: readonly Need[]
  readonly reasons: readonly Reason[]
  readonly notes: readonly Note[]
  readonly changes: readonly Change[]
  /** The nearest to granting the call first. */
  readonly considered: readonly RuleAccount[]
  /** Why the token at hand would be refused by itself, which its job's next one would not be. */
  readonly tokenRefusal: Refusal | undefined
}

/** The policy, and where its rules stand. */
export interface AccountParts {
  readonly policy: Policy
  readonly placeOf: FindPlace
}

/** Decides on a case and says why. The decision is that of the proxy: the same function, on the same parts. */
export function accountFor(parts: AccountParts, example: Case): Account {
  const { identity, call, refused } = example
  const lasting = refused && isLasting(refused) ? refused : undefined
  const decision = decide(parts.policy, lasting ?? identity, call)
  const tokenRefusal = refused && !isLasting(refused) ? refused : undefined
  const base = { ...verdictOf(decision), tokenRefusal }
  if (isRefusal(identity)) return withoutRules(base, { ...example, because: lasting ?? identity })
  if (isRefusal(call)) return withoutRules(base, { ...example, because: lasting ?? call })
  const explanation = explain(parts.policy, identity, call)
  const traps = decision.allowed ? [] : trapsIn(explanation, identity, call)
  return {
    ...base,
    identity,
    needs: call.needs,
    reasons: reasonsFor(decision, explanation, parts.placeOf),
    notes: [...example.notes, ...traps],
    changes: changesIn(decision, explanation, { identity, placeOf: parts.placeOf }),
    considered: explanation.rules.map((rule) => ({
      name: rule.name,
      place: parts.placeOf(rule.name),
      applies: rule.applies,
      facts: factsOf(rule, call.needs, parts.placeOf),
    })),
  }
}

/** What can be said where no rule is asked. */
function withoutRules(
  base: Omit<Account, 'identity' | 'needs' | 'reasons' | 'notes' | 'changes' | 'considered'>,
  { identity, notes, because }: Pick<Case, 'identity' | 'notes'> & { readonly because: Refusal },
): Account {
  return {
    ...base,
    identity: isRefusal(identity) ? undefined : identity,
    needs: [],
    reasons: refusalReasons(because),
    notes,
    changes: [remedyFor(because.code)],
    considered: [],
  }
}

function verdictOf(decision: Decision) {
  const { rules, terms } = decision
  const refusal = decision.allowed ? undefined : decision.refusal
  return {
    outcome: decision.allowed ? ('allowed' as const) : ('refused' as const),
    code: refusal?.code,
    detail: refusal?.detail,
    rule: terms?.rule,
    role: terms?.role,
    matching: rules,
  }
}

function refusalReasons({ code, detail }: Refusal): readonly Reason[] {
  return [{ message: detail }, { message: remedies[code].when }]
}

function remedyFor(code: RefusalCode): Change {
  return { side: 'job', message: remedies[code].remedy, place: undefined, write: undefined }
}

/** Rules whose faults are given as reasons. */
const reasonRulesMax = 3

function reasonsFor(
  decision: Decision,
  explanation: Explanation,
  placeOf: FindPlace,
): readonly Reason[] {
  const { needs, coverage, rules } = explanation
  if (decision.allowed) {
    if (needs.length === 0) return [{ message: 'every verified caller may make this call' }]
    const deciding = new Set(coverage.filter((terms) => terms !== undefined))
    return [...deciding].map((terms) => {
      const covered = needs.filter((_, at) => coverage[at] === terms).map(needWords)
      const message = `${grantWords(terms)} has ${covered.join(' and ')}`
      return { message, rule: terms.rule, place: placeOf(terms.rule) }
    })
  }
  const { code, detail } = decision.refusal
  if (!isForWantOfGrant(code)) {
    const denials = explanation.denials.map(({ name, tests }): Reason => ({
      message: `the denial ${name} matches: ${tests.map(({ claim, wanted }) => `${claim} ${wanted}`).join(', ')}`,
      rule: name,
      place: placeOf(name),
    }))
    return code === 'denied_by_rule' ? denials : refusalReasons({ refused: true, code, detail })
  }
  const faults = rules.slice(0, reasonRulesMax).flatMap((rule) =>
    factsOf(rule, needs, placeOf)
      .filter(({ holds }) => !holds)
      .map(({ message, place }): Reason => ({ message, rule: rule.name, place })),
  )
  return [{ message: detail }, ...faults]
}

/** Whether more grants would change the outcome, rather than another message or token. */
function isForWantOfGrant(code: Refusal['code']): boolean {
  return code === 'not_granted' || code.startsWith('guard_')
}

function changesIn(
  decision: Decision,
  explanation: Explanation,
  { identity, placeOf }: { readonly identity: Identity; readonly placeOf: FindPlace },
): readonly Change[] {
  if (decision.allowed) return []
  const { code } = decision.refusal
  if (code === 'denied_by_rule') {
    return explanation.denials.map(({ name }) => {
      const message = `lift the denial ${name}, if it is no longer meant; no grant beats it`
      return { side: 'policy', message, place: placeOf(name), write: undefined }
    })
  }
  if (!isForWantOfGrant(code)) return [remedyFor(code)]
  const [nearest] = explanation.rules
  if (nearest === undefined || !isOfOwner(nearest)) {
    // Nobody is talked into a rule for a stranger's fork.
    const [guard] = identity.guards
    return [guard ? remedyFor(guardRefusal(guard)) : newRule(identity, explanation.needs)]
  }
  return changesFor(nearest, explanation.needs, placeOf)
}
