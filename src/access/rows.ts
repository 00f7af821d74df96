import { holds, pinnedValues } from '../core/claim-test.ts'
import { claimsNamedIn, type GrantTerms } from '../core/grant.ts'
import type { IdentityKind } from '../core/identity.ts'
import type { Policy } from '../core/policy.ts'
import type { Match, Rule } from '../core/rule.ts'
import { cautionsFor, guardsOff } from './cautions.ts'
import { testInWords } from './words.ts'

/** One grant of one rule: who may do what, and where. A namespace that names claims makes a row for each value. */
export interface AccessRow {
  readonly rule: string
  /** The section of the policy file that the rule stands in. */
  readonly section: 'machines' | 'people' | 'agents'
  readonly issuer: string
  /** The tests of the rule in words; all must hold. */
  readonly who: readonly string[]
  readonly over: 'namespace' | 'cluster' | 'audit'
  /** Absent where the grant is not over one. */
  readonly namespace?: string
  readonly role: string
  /** What the role comes to, custom roles resolved. */
  readonly verbs: readonly string[]
  readonly narrowing: Readonly<Record<string, readonly string[]>>
  /** Guards that the rule turns off. */
  readonly guards_off: readonly string[]
  readonly cautions: readonly string[]
}

/** Who may do nothing, whatever any rule says. */
export interface DenialRow {
  readonly denial: string
  /** Absent where it is for every issuer. */
  readonly issuer?: string
  readonly who: readonly string[]
}

/** A policy as a matrix. */
export interface AccessMatrix {
  readonly policyHash: string
  readonly rows: readonly AccessRow[]
  readonly denials: readonly DenialRow[]
}

const sectionOf: Readonly<Record<IdentityKind, AccessRow['section']>> = {
  machine: 'machines',
  person: 'people',
  agent: 'agents',
}

/** Makes a matrix of a policy, or of what concerns one namespace of it. Denials concern them all. */
export function accessMatrix(policy: Policy, namespace?: string): AccessMatrix {
  const rows = policy.rules.flatMap((rule) => rule.grants.flatMap((terms) => rowsOf(rule, terms)))
  return {
    policyHash: policy.hash,
    rows: namespace === undefined ? rows : rows.filter((row) => row.namespace === namespace),
    denials: policy.denials.map(({ name, issuer, match }): DenialRow => ({
      denial: name,
      ...(issuer !== undefined && { issuer }),
      who: whoOf(match),
    })),
  }
}

function rowsOf(rule: Rule, terms: GrantTerms): AccessRow[] {
  const { over, role, verbs, narrowing } = terms
  const limits = [...narrowing].map(
    ([field, patterns]) => [field, patterns.map(({ text }) => text)] as const,
  )
  const row: AccessRow = {
    rule: rule.name,
    section: sectionOf[rule.kind],
    issuer: rule.issuer,
    who: whoOf(rule.match),
    over: 'cluster' in over ? 'cluster' : 'audit' in over ? 'audit' : 'namespace',
    role,
    verbs: [...verbs],
    narrowing: Object.fromEntries(limits),
    guards_off: guardsOff(rule),
    cautions: cautionsFor(rule, terms),
  }
  if (!('namespace' in over)) return [row]
  return namespacesOf(over.namespace, rule.match).map(({ namespace, match }) => ({
    ...row,
    namespace,
    who: whoOf(match),
  }))
}

function whoOf(match: Match): string[] {
  return [...match].map(([claim, test]) => testInWords(claim, test))
}

/** A namespace that names claims, with each value that the rule pins them to, and whom it is then for. */
function namespacesOf(namespace: string, match: Match): { namespace: string; match: Match }[] {
  let places = [{ namespace, match }]
  for (const claim of new Set(claimsNamedIn(namespace))) {
    const test = match.get(claim)
    const values = test ? (pinnedValues(test) ?? []).filter((value) => holds(test, value)) : []
    places = places.flatMap((place) =>
      values.map((value) => ({
        namespace: place.namespace.replaceAll(`{${claim}}`, () => value),
        match: new Map([...place.match, [claim, { operator: 'exact', value }]]),
      })),
    )
  }
  return places
}
