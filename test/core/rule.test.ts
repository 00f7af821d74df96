import t from 'tap'
import type { ClaimTest } from '../../src/core/claim-test.ts'
import { appliesTo, holdsFor, isOfSection, matches } from '../../src/core/rule.ts'
import { identityOf, ruleOf } from '../support/decision-parts.ts'

const identity = identityOf()
const exact = (value: string): ClaimTest => ({ operator: 'exact', value })
const anyOf = (...values: string[]): ClaimTest => ({ operator: 'any_of', values: new Set(values) })

function matching(tests: Readonly<Record<string, ClaimTest>>): boolean {
  return matches(ruleOf({ grants: [], match: new Map(Object.entries(tests)) }), identity)
}

const cases: readonly [what: string, tests: Record<string, ClaimTest>, holds: boolean][] = [
  ['the very value', { ref: exact('main') }, true],
  ['another value', { ref: exact('Main') }, false],
  ['a part of the value', { ref: exact('mai') }, false],
  ['one of several values', { ref: anyOf('next', 'main') }, true],
  ['none of several values', { ref: anyOf('next', 'last') }, false],
  ['two tests that hold', { ref: exact('main'), project_id: anyOf('48210377') }, true],
  ['two tests of which one holds', { ref: exact('main'), project_id: anyOf('1') }, false],
  ['an absent claim', { environment: exact('production') }, false],
  ['an absent claim with an empty test', { environment: exact('') }, false],
  ['an absent claim among several', { environment: anyOf('', 'undefined') }, false],
  ['a name that every object has', { constructor: exact('x') }, false],
  ['nothing at all', {}, false],
]

for (const [what, tests, holds] of cases) {
  void t.test(`a rule that asks for ${what} ${holds ? 'matches' : 'does not match'}`, async (t) => {
    t.equal(matching(tests), holds)
  })
}

void t.test('a rule is for tokens of its own issuer', async (t) => {
  t.notOk(matches(ruleOf({ grants: [], issuer: 'other' }), identity))
  t.ok(matches(ruleOf({ grants: [] }), identity))
})

void t.test('a rule is for identities of its own kind', async (t) => {
  const rule = ruleOf({ grants: [] })
  t.ok(appliesTo(rule, identity))
  t.notOk(appliesTo(rule, identityOf({ kind: 'person' })))
  t.notOk(appliesTo(rule, identityOf({ kind: 'agent' })))
  t.notOk(appliesTo(ruleOf({ grants: [], kind: 'person' }), identity))
})

void t.test('a rule that allows agents is for agents too, but not for people', async (t) => {
  const rule = ruleOf({ grants: [], allow: new Set(['agents']) })
  t.ok(appliesTo(rule, identityOf({ kind: 'agent', guards: ['agents'] })))
  t.notOk(appliesTo(rule, identityOf({ kind: 'person' })))
})

void t.test('a denial may be for tokens of every issuer', async (t) => {
  const match = new Map([['ref', exact('main')]])
  t.ok(matches({ issuer: undefined, match }, identity))
  t.notOk(matches({ issuer: 'other', match }, identity))
})

void t.test('the section is told apart from the guards', async (t) => {
  const rule = ruleOf({ grants: [] })
  t.ok(isOfSection(rule, identityOf({ guards: ['fork_pipelines'] })))
  t.notOk(isOfSection(rule, identityOf({ kind: 'agent' })))
})

void t.test('a rule must allow every guard that an identity trips', async (t) => {
  const rule = ruleOf({ grants: [], allow: new Set(['fork_pipelines', 'policy_jobs']) })
  t.ok(appliesTo(rule, identity))
  t.ok(appliesTo(rule, identityOf({ guards: ['fork_pipelines', 'policy_jobs'] })))
  t.notOk(appliesTo(rule, identityOf({ guards: ['fork_pipelines', 'other_tokens'] })))
})

void t.test('a claim with several values is tested by all of them', async (t) => {
  const person = { ...identity, lists: new Map([['groups_direct', ['acme', 'acme/auditors']]]) }
  t.ok(holdsFor(exact('acme/auditors'), 'groups_direct', person))
  t.notOk(holdsFor(exact('acme/other'), 'groups_direct', person))
  t.ok(holdsFor(exact('main'), 'ref', person))
  t.notOk(holdsFor(exact('acme'), 'groups_direct', identity), 'a job has none')
  const match = new Map([['groups_direct', exact('acme')]])
  t.ok(matches({ issuer: undefined, match }, person))
})
