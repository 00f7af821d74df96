import type { Claims, IdentityKind } from '../core/identity.ts'
import { claimText } from './compile-policy.ts'
import { didYouMean } from './did-you-mean.ts'
import type { IdentityEntry, PolicyTestFile } from './policy-test-shape.ts'
import type { Report } from './report.ts'
import type { YamlFile } from './yaml-file.ts'

/** What is known of an issuer when the identities of tests are read. */
export interface TestIssuer {
  readonly name: string
  /** Names of the claims that its tokens carry, whether or not rules can test them. */
  readonly claims: readonly string[]
}

/** A named set of claims, together with those that it begins with. */
export interface ClaimSet {
  readonly issuer: string
  readonly kind: IdentityKind | undefined
  readonly claims: Claims
}

type Entries = PolicyTestFile['identities']
type Named = readonly [name: string, entry: IdentityEntry]

/** Works out the claims of every identity of a test file. What is wrong with one is reported where it stands. */
export function readTestIdentities(
  yaml: YamlFile,
  entries: Entries,
  { issuers, report }: { readonly issuers: readonly TestIssuer[]; readonly report: Report },
): ReadonlyMap<string, ClaimSet> {
  const sets = new Map<string, ClaimSet>()
  for (const named of Object.entries(entries)) {
    const [name, { from }] = named
    const chain = chainOf(entries, named)
    const below = chain.slice(0, -1)
    if (from !== undefined && below.length === 0) {
      report('value-invalid', ['identities', name, 'from'], fromProblem(entries, from, name))
    }
    const issuer = chain.findLast(([, entry]) => entry.issuer !== undefined)?.[1].issuer
    const kind = chain.findLast(([, entry]) => entry.kind !== undefined)?.[1].kind
    checkIssuer(named, issuer, issuers, report)
    checkWithout(named, claimsOf(yaml, below), report)
    checkClaims(named, issuers.find((known) => known.name === issuer)?.claims, report)
    sets.set(name, { issuer: issuer ?? '', kind, claims: claimsOf(yaml, chain) })
  }
  return sets
}

/** An identity after all that it begins with, the first of them first; alone where that leads nowhere. */
function chainOf(entries: Entries, named: Named): readonly Named[] {
  const chain = [named]
  let from = named[1].from
  while (from !== undefined) {
    const entry = entryOf(entries, from)
    if (entry === undefined || chain.some(([name]) => name === from)) return [named]
    chain.unshift([from, entry])
    from = entry.from
  }
  return chain
}

function entryOf(entries: Entries, name: string): IdentityEntry | undefined {
  return Object.hasOwn(entries, name) ? entries[name] : undefined
}

function fromProblem(entries: Entries, from: string, name: string): string {
  if (entryOf(entries, from)) return `leads in a circle or to nothing; begin ${name} with another`
  const names = Object.keys(entries)
  return `is not an identity of this file; ${hint(from, names)}`
}

function hint(typed: string, known: readonly string[]): string {
  return didYouMean(typed, known) || `known: ${known.join(', ')}`
}

function claimsOf(yaml: YamlFile, chain: readonly Named[]): Claims {
  const claims = new Map<string, string>()
  for (const [name, entry] of chain) {
    for (const claim of entry.without) claims.delete(claim)
    for (const [claim, value] of Object.entries(entry.claims)) {
      if (value === null) claims.delete(claim)
      else claims.set(claim, claimText(yaml, value, ['identities', name, 'claims', claim]))
    }
  }
  return claims
}

function checkIssuer(
  [name, entry]: Named,
  issuer: string | undefined,
  issuers: readonly TestIssuer[],
  report: Report,
): void {
  const path = ['identities', name, 'issuer']
  const names = issuers.map((known) => known.name)
  if (issuer === undefined) {
    report('key-missing', path, `is missing; ${hint('', names)}`)
  } else if (entry.issuer !== undefined && !names.includes(issuer)) {
    report('issuer-unknown', path, `is not an issuer in the service file; ${hint(issuer, names)}`)
  }
}

function checkWithout([name, { without }]: Named, inherited: Claims, report: Report): void {
  for (const [at, claim] of without.entries()) {
    if (inherited.has(claim)) continue
    const names = [...inherited.keys()]
    const message = `is no claim that ${name} begins with; ${hint(claim, names)}`
    report('value-invalid', ['identities', name, 'without', at], message)
  }
}

/** A claim that no token carries would make a test that says nothing about real ones. */
function checkClaims(
  [name, { claims }]: Named,
  known: readonly string[] | undefined,
  report: Report,
): void {
  if (known === undefined) return
  for (const claim of Object.keys(claims).filter((candidate) => !known.includes(candidate))) {
    const path = ['identities', name, 'claims', claim]
    report('claim-unknown', path, `is not a claim of this issuer's tokens; ${hint(claim, known)}`)
  }
}
