import t from 'tap'
import type { Call, Need } from '../../src/core/call.ts'
import type { ClaimTest } from '../../src/core/claim-test.ts'
import { decide, type Decision } from '../../src/core/decision.ts'
import { explain } from '../../src/core/explanation.ts'
import { compileGlob } from '../../src/core/glob.ts'
import type { GrantTerms } from '../../src/core/grant.ts'
import { gitlabGuards, guardNames } from '../../src/core/guard.ts'
import type { Identity } from '../../src/core/identity.ts'
import { compilePattern } from '../../src/core/pattern.ts'
import { createPolicy, type Policy } from '../../src/core/policy.ts'
import { verdictOf } from '../../src/core/shadow.ts'
import { builtInRoles, verbsIn } from '../../src/core/role.ts'
import type { Denial, Match, Rule } from '../../src/core/rule.ts'
import { methods } from '../../src/temporal/methods.ts'
import { createRandom, type Random } from '../support/random.ts'

/** Few values of everything, so that rules often match, overlap and miss by little. */
const values: Readonly<Record<string, readonly string[]>> = {
  project_id: ['1', '2', '3'],
  job_project_id: ['1', '2'],
  project_path: ['acme', 'acme/a', 'acme/a/b', 'other/a'],
  job_id: ['7'],
  pipeline_id: ['8'],
  pipeline_source: ['push', 'merge_request_event', 'duo_workflow'],
  ref: ['main', 'v1', 'release/1'],
  ref_protected: ['true', 'false'],
  environment: ['staging', 'production'],
  user_id: ['1', '2', '3', '4'],
}
const claimNames = Object.keys(values)
const namespaces = ['payments', 'treasury', 'staging']
const texts = ['a', 'ab', 'b', '']
const patterns = ['a', 'a*', '*', '*b']
const issuers = ['gitlab', 'other']
const kinds = ['machine', 'machine', 'machine', 'person', 'agent'] as const
const fields = ['workflow_types', 'task_queues', 'workflow_ids', 'handlers'] as const

function some<T>(random: Random, all: readonly T[], most: number): T[] {
  return Array.from({ length: random.below(most + 1) }, () => random.oneOf(all))
}

function testOf(random: Random, claim: string): ClaimTest {
  const value = random.oneOf(values[claim]!)
  const other = random.oneOf(values[claim]!)
  const tests: readonly ClaimTest[] = [
    { operator: 'exact', value },
    { operator: 'exact', value },
    { operator: 'any_of', values: new Set([value, other]) },
    { operator: 'none_of', values: new Set([value]) },
    { operator: 'present', present: random.below(2) === 0 },
    { operator: 'under', path: value },
    { operator: 'glob', text: `${value[0]}*`, matches: compileGlob(`${value[0]}*`) },
    {
      operator: 'all_of',
      tests: [
        { operator: 'none_of', values: new Set([other]) },
        { operator: 'any_of', values: new Set([value, other]) },
      ],
    },
  ]
  return random.oneOf(tests)
}

function matchOf(random: Random): Match {
  const claims = [random.oneOf(claimNames), ...some(random, claimNames, 2)]
  return new Map(claims.map((claim) => [claim, testOf(random, claim)]))
}

function termsOf(random: Random, rule: string): GrantTerms {
  const role = random.oneOf([...builtInRoles.keys()])
  const isCluster = random.below(8) === 0
  const narrowed = isCluster || random.below(2) === 0 ? [] : some(random, fields, 2)
  const namespace = random.oneOf([...namespaces, '{environment}'])
  return {
    rule,
    role,
    over: isCluster ? { cluster: true } : { namespace },
    verbs: verbsIn(isCluster ? 'cluster' : 'namespace', new Set(builtInRoles.get(role))),
    narrowing: new Map(
      narrowed.map((field) => [field, [random.oneOf(patterns)].map(compilePattern)]),
    ),
  }
}

function ruleOf(random: Random, name: string): Rule {
  return {
    name,
    issuer: random.below(6) === 0 ? 'other' : 'gitlab',
    kind: random.oneOf(kinds),
    match: matchOf(random),
    allow: new Set(random.below(3) === 0 ? some(random, guardNames, 2) : []),
    grants: [termsOf(random, name), ...some(random, [0, 1], 1).map(() => termsOf(random, name))],
  }
}

function denialOf(random: Random, name: string): Denial {
  const issuer = random.oneOf([undefined, ...issuers])
  return { name, issuer, match: matchOf(random) }
}

type Parts = Pick<Policy, 'rules' | 'denials' | 'hash'>

function partsOf(random: Random): Parts {
  return {
    rules: Array.from({ length: random.below(9) }, (_, at) => ruleOf(random, `rule-${at}`)),
    denials:
      random.below(3) === 0
        ? Array.from({ length: random.below(3) }, (_, at) => denialOf(random, `denial-${at}`))
        : [],
    hash: 'sha256:random',
  }
}

function identityOf(random: Random): Identity {
  const claims = new Map(
    claimNames
      .filter(() => random.below(6) > 0)
      .map((claim) => [claim, random.oneOf(values[claim]!)]),
  )
  return {
    issuer: random.below(6) === 0 ? 'other' : 'gitlab',
    kind: random.oneOf(kinds),
    subject: 's',
    principal: 'p',
    claims,
    guards: random.below(2) === 0 ? [] : gitlabGuards(claims),
    tokenDigest: 'd',
    expiresAt: 0,
    staleKeys: false,
  }
}

function needOf(random: Random): Need {
  const namespace = random.oneOf([...namespaces, ...namespaces, ''])
  const verb = random.oneOf(random.oneOf(methods).verbs) ?? 'read'
  const named = some(random, fields, 3).map((field) => [field, random.oneOf(texts)])
  const need = { namespace, verb, fields: Object.fromEntries(named) as Need['fields'] }
  return random.below(8) === 0 ? { ...need, unnarrowed: true } : need
}

function callOf(random: Random): Call {
  const isObjectionable = random.below(12) === 0
  return {
    method: random.oneOf(methods),
    namespace: 'payments',
    needs: Array.from({ length: random.oneOf([0, 1, 1, 1, 1, 2, 3]) }, () => needOf(random)),
    facts: {},
    objections: isObjectionable ? [{ code: 'namespace_mismatch', detail: 'two' }] : [],
    message: new Uint8Array(),
    metadata: [],
    deadline: undefined,
  }
}

/** What can be compared of a decision: the grant in it is new each time. */
function gist(decision: Decision) {
  const { rules, terms } = decision
  return { verdict: verdictOf(decision), rules, terms }
}

function shuffled<T>(random: Random, all: readonly T[]): T[] {
  return all
    .map((value) => ({ value, at: random.below(1_000_000) }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ value }) => value)
}

interface Sample {
  readonly random: Random
  readonly parts: Parts
  readonly policy: Policy
  readonly identity: Identity
  readonly call: Call
  readonly decision: Decision
}

const policyCount = 3_000
const callsPerPolicy = 10

/** Runs a property on many random decisions; the first that breaks it is shown with what it was. */
function check(name: string, property: (sample: Sample) => string | undefined): void {
  t.test(name, async (t) => {
    const random = createRandom(20261123)
    const verdicts = new Map<string, number>()
    for (let index = 0; index < policyCount; index++) {
      const parts = partsOf(random)
      const policy = createPolicy(parts)
      for (let turn = 0; turn < callsPerPolicy; turn++) {
        const [identity, call] = [identityOf(random), callOf(random)]
        const decision = decide(policy, identity, call)
        const verdict = verdictOf(decision)
        verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1)
        const broken = property({ random, parts, policy, identity, call, decision })
        if (broken === undefined) continue
        t.fail(broken, { policy: index, turn, identity, needs: call.needs, rules: parts.rules })
        return
      }
    }
    const seen = (verdict: string) => verdicts.get(verdict) ?? 0
    t.ok(seen('allowed') > 1_000 && seen('not_granted') > 1_000, 'both outcomes are common')
    t.ok(seen('denied_by_rule') > 100, 'denials are met with')
  })
}

check('adding a rule never takes access away', (sample) => {
  const { random, parts, identity, call, decision } = sample
  if (!decision.allowed) return undefined
  const added = ruleOf(random, 'added')
  const at = random.below(parts.rules.length + 1)
  const more = createPolicy({ ...parts, rules: parts.rules.toSpliced(at, 0, added) })
  return decide(more, identity, call).allowed ? undefined : 'a rule took access away'
})

check('adding a denial never gives any, and refuses only by its own code', (sample) => {
  const { random, parts, identity, call, decision } = sample
  const denials = [...parts.denials, denialOf(random, 'added')]
  const after = decide(createPolicy({ ...parts, denials }), identity, call)
  const isSame = verdictOf(after) === verdictOf(decision)
  return isSame || verdictOf(after) === 'denied_by_rule' ? undefined : 'a denial did otherwise'
})

check('the order of rules, grants and denials never matters for the outcome', (sample) => {
  const { random, parts, identity, call, decision } = sample
  const reordered = createPolicy({
    rules: shuffled(random, parts.rules).map((rule) => ({
      ...rule,
      grants: shuffled(random, rule.grants),
      match: new Map(shuffled(random, [...rule.match])),
    })),
    denials: shuffled(random, parts.denials),
    hash: parts.hash,
  })
  const after = decide(reordered, identity, call)
  if (verdictOf(after) !== verdictOf(decision)) return 'the outcome changed with the order'
  const names = (of: Decision) => of.rules.toSorted().join()
  return names(after) === names(decision) ? undefined : 'other rules matched in another order'
})

check('the rule that is named is the first in the file that covers the first need', (sample) => {
  const { policy, identity, call, decision } = sample
  if (!decision.allowed) return decision.terms && 'a refusal names a rule'
  const first = policy.rules.find((rule) => {
    const alone = createPolicy({ rules: [rule], denials: [], hash: '' })
    return decide(alone, identity, { ...call, needs: call.needs.slice(0, 1) }).allowed
  })
  const expected = call.needs.length > 0 ? first?.name : undefined
  return decision.terms?.rule === expected ? undefined : `named ${decision.terms?.rule}`
})

check('an explanation never disagrees with the decision', (sample) => {
  const { policy, identity, call, decision } = sample
  const explained = explain(policy, identity, call)
  if (verdictOf(explained.decision) !== verdictOf(decision)) return 'the decisions differ'
  if (verdictOf(decision) === 'denied_by_rule') {
    return explained.denials.length > 0 ? undefined : 'no denial is shown'
  }
  if (explained.denials.length > 0) return 'a denial is shown that did not decide'
  if (call.objections.length > 0) return undefined
  const isCovered = explained.coverage.every((terms) => terms !== undefined)
  if (isCovered !== decision.allowed) return 'coverage says otherwise'
  if (decision.allowed && explained.coverage[0] !== decision.terms) return 'other terms are shown'
  const applying = explained.rules.filter(({ applies }) => applies).map(({ name }) => name)
  return applying.every((name) => decision.rules.includes(name)) ? undefined : 'other rules apply'
})

check('an index over the rules decides as a look at each of them would', (sample) => {
  const { parts, identity, call, decision } = sample
  const plain = { ...parts, rulesFor: () => parts.rules, denialsFor: () => parts.denials }
  const after = gist(decide(plain, identity, call))
  const before = gist(decision)
  const isSame =
    after.verdict === before.verdict &&
    after.terms === before.terms &&
    after.rules.join() === before.rules.join()
  return isSame ? undefined : 'the index left something out, or changed the order'
})
