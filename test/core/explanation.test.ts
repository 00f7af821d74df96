import t from 'tap'
import { decide } from '../../src/core/decision.ts'
import { explain } from '../../src/core/explanation.ts'
import type { GrantTerms } from '../../src/core/grant.ts'
import { guardNames } from '../../src/core/guard.ts'
import type { Identity } from '../../src/core/identity.ts'
import { compilePattern } from '../../src/core/pattern.ts'
import { createPolicy } from '../../src/core/policy.ts'
import { builtInRoles } from '../../src/core/role.ts'
import type { Denial, Match, Rule } from '../../src/core/rule.ts'
import { callOf } from '../../src/temporal/encode-request.ts'
import { methods } from '../../src/temporal/methods.ts'

/** A small generator of numbers that repeats itself run by run. */
function createRandom(seed: number) {
  let state = seed
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  const pick = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)] as T
  const some = <T>(values: readonly T[], chance: number) => values.filter(() => next() < chance)
  return { next, pick, some }
}

type Random = ReturnType<typeof createRandom>

function randomMatch({ pick, some }: Random): Match {
  const names = ['project_id', 'ref', 'ref_type', 'environment']
  // An empty match does not load.
  const claims = new Set([pick(names), ...some(names, 0.3)])
  const tests = [...claims].map((claim) => {
    const value = pick(['a', 'b'])
    const test = pick([
      { operator: 'exact', value } as const,
      { operator: 'any_of', values: new Set([value]) } as const,
      { operator: 'none_of', values: new Set([value]) } as const,
      { operator: 'present', present: value === 'a' } as const,
    ])
    return [claim, test] as const
  })
  return new Map(tests)
}

function randomTerms(rule: string, { next, pick, some }: Random): GrantTerms {
  const role = pick([...builtInRoles.keys()])
  const over = pick([
    { namespace: 'payments' },
    { namespace: '{project_id}' },
    { namespace: 'risk' },
    { cluster: true } as const,
    { audit: 'review' } as const,
  ])
  const fields = some(['workflow_types', 'workflow_ids', 'task_queues', 'handlers'] as const, 0.2)
  const patterns = [compilePattern(pick(['a', 'b', 'a*', '*']))]
  const verbs = new Set(next() < 0.95 ? builtInRoles.get(role) : [])
  return { rule, role, over, verbs, narrowing: new Map(fields.map((field) => [field, patterns])) }
}

function randomRule(name: string, random: Random): Rule {
  const grants = random.some([1, 2, 3], 0.5).map(() => randomTerms(name, random))
  return {
    name,
    issuer: random.pick(['one', 'one', 'two']),
    kind: random.pick(['machine', 'machine', 'person', 'agent']),
    match: randomMatch(random),
    allow: new Set(random.some(guardNames, 0.3)),
    grants,
  }
}

function randomIdentity({ pick, some }: Random): Identity {
  const claims = some(['project_id', 'ref', 'ref_type', 'environment'], 0.8)
  return {
    issuer: pick(['one', 'one', 'two']),
    kind: pick(['machine', 'machine', 'person', 'agent']),
    subject: '',
    principal: '',
    claims: new Map(claims.map((claim) => [claim, pick(['a', 'b'])])),
    guards: some(guardNames, 0.1),
    tokenDigest: '',
    expiresAt: 0,
    staleKeys: false,
  }
}

void t.test(
  'explain never disagrees with decide, and what it says of the parts adds up',
  async (t) => {
    const random = createRandom(7)
    const seen = new Map<string, number>()
    let faults = 0
    for (let round = 0; round < 5_000; round++) {
      const names = ['r1', 'r2', 'r3', 'r4']
      const rules = names.map((name) => randomRule(name, random))
      const denials: Denial[] = random
        .some(['d1'], 0.1)
        .map((name) => ({ name, issuer: undefined, match: randomMatch(random) }))
      const policy = createPolicy({ rules, denials, hash: '' })
      const identity = randomIdentity(random)
      const field = () => random.pick(['a', 'b', 'ab', undefined])
      const call = callOf(random.pick(methods), {
        namespace: random.pick(['payments', 'a', 'risk', undefined]),
        workflowType: field(),
        workflowId: field(),
        taskQueue: field(),
        handler: field(),
      })
      const decision = decide(policy, identity, call)
      const {
        decision: explained,
        coverage,
        denials: denied,
        rules: told,
      } = explain(policy, identity, call)
      const outcome = decision.allowed ? 'allowed' : decision.refusal.code
      seen.set(outcome, (seen.get(outcome) ?? 0) + 1)
      const same =
        explained.allowed === decision.allowed &&
        explained.terms === decision.terms &&
        String(explained.rules) === String(decision.rules) &&
        (explained.allowed || decision.allowed || explained.refusal.code === decision.refusal.code)
      const adds =
        decision.allowed ===
          (denied.length === 0 &&
            call.objections.length === 0 &&
            coverage.every((terms) => terms)) &&
        (!decision.allowed || coverage[0] === decision.terms)
      const sorted = told.every(({ distance }, at) => distance >= (told[at - 1]?.distance ?? 0))
      const nearest =
        call.needs.length !== 1 || told.some((rule) => rule.distance === 0) === Boolean(coverage[0])
      if (!same || !adds || !sorted || !nearest) faults++
    }
    t.equal(faults, 0)
    for (const code of [
      'allowed',
      'not_granted',
      'denied_by_rule',
      'guard_agents',
      'namespace_missing',
    ]) {
      t.ok((seen.get(code) ?? 0) > 10, `${code}: ${seen.get(code)}`)
    }
  },
)

void t.test('a rule of the own project is nearer than any rule of another', async (t) => {
  const random = createRandom(1)
  const exact = (value: string) => ({ operator: 'exact', value }) as const
  const base = { ...randomRule('x', random), issuer: 'one', kind: 'machine' as const }
  const grants = [
    {
      rule: '',
      role: 'admin',
      over: { namespace: 'payments' },
      verbs: new Set(['start' as const]),
      narrowing: new Map(),
    },
  ]
  const rules: Rule[] = [
    { ...base, name: 'foreign', match: new Map([['project_id', exact('b')]]), grants },
    {
      ...base,
      name: 'own',
      match: new Map([
        ['project_id', exact('a')],
        ['ref', exact('b')],
        ['ref_type', exact('b')],
      ]),
      grants: [],
    },
    {
      ...base,
      name: 'elsewhere',
      issuer: 'two',
      match: new Map([['project_id', exact('a')]]),
      grants,
    },
    {
      ...base,
      name: 'people',
      kind: 'person',
      match: new Map([['project_id', exact('a')]]),
      grants,
    },
  ]
  const claims = new Map([
    ['project_id', 'a'],
    ['ref', 'a'],
    ['ref_type', 'a'],
  ])
  const identity: Identity = {
    ...randomIdentity(random),
    issuer: 'one',
    kind: 'machine',
    claims,
    guards: [],
  }
  const start = methods.find(({ name }) => name === 'StartWorkflowExecution')
  if (start === undefined) throw new Error('no start')
  const { rules: told } = explain(
    createPolicy({ rules, denials: [], hash: '' }),
    identity,
    callOf(start, { namespace: 'payments' }),
  )
  t.same(
    told.map(({ name }) => name),
    ['own', 'foreign', 'people', 'elsewhere'],
  )
})

t.test('a claim with several values is shown with all of them', async (t) => {
  const match = new Map([['groups_direct', { operator: 'exact', value: 'acme' } as const]])
  const rule = { name: 'group', issuer: 'gitlab', kind: 'person', match, allow: new Set<never>() }
  const policy = createPolicy({
    rules: [{ ...rule, kind: 'person', grants: [] }],
    denials: [],
    hash: '',
  })
  const identity: Identity = {
    issuer: 'gitlab',
    kind: 'person',
    subject: '7',
    principal: 'gitlab.com/rita',
    claims: new Map(),
    lists: new Map([['groups_direct', ['corp', 'acme']]]),
    guards: [],
    tokenDigest: '',
    expiresAt: 0,
    staleKeys: false,
  }
  const method = methods.find(({ name }) => name === 'GetSystemInfo')
  if (method === undefined) throw new Error('no such method')
  const [told] = explain(policy, identity, callOf(method, {})).rules
  t.match(told?.tests, [
    { claim: 'groups_direct', wanted: 'acme', value: 'corp, acme', holds: true },
  ])
  t.ok(told?.applies)
})
