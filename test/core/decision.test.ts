import t from 'tap'
import type { Call } from '../../src/core/call.ts'
import { decide, Grant } from '../../src/core/decision.ts'
import { guardNames } from '../../src/core/guard.ts'
import type { Identity } from '../../src/core/identity.ts'
import { refusal, type Refusal } from '../../src/core/refusal.ts'
import { builtInRoles } from '../../src/core/role.ts'
import type { Rule } from '../../src/core/rule.ts'
import {
  callOf,
  identityOf,
  policyOf,
  policyWith,
  ruleOf,
  termsOf,
} from '../support/decision-parts.ts'
import { createRandom } from '../support/random.ts'

const identity = identityOf()
const listCall = callOf('ListWorkflowExecutions', { namespace: 'payments' })
const startCall = callOf('StartWorkflowExecution', { namespace: 'payments', workflowId: 'a' })

/** What the decision was, in one word, with the code of a refusal. */
function outcomeOf(rules: readonly Rule[], who: Identity | Refusal, call: Call | Refusal): string {
  const decision = decide(policyOf(...rules), who, call)
  return decision.allowed ? 'allowed' : decision.refusal.code
}

const viewer = ruleOf({ grants: [termsOf({ role: 'viewer', namespace: 'payments' })] })

void t.test('nothing is allowed that no rule grants', async (t) => {
  t.equal(outcomeOf([], identity, listCall), 'not_granted')
  t.equal(outcomeOf([viewer], identity, startCall), 'not_granted')
  t.equal(outcomeOf([{ ...viewer, issuer: 'other' }], identity, listCall), 'not_granted')
  t.equal(outcomeOf([{ ...viewer, match: new Map() }], identity, listCall), 'not_granted')
  t.equal(outcomeOf([{ ...viewer, grants: [] }], identity, listCall), 'not_granted')
  t.equal(outcomeOf([{ ...viewer, kind: 'person' }], identity, listCall), 'not_granted')
  t.equal(outcomeOf([viewer], identity, listCall), 'allowed')
})

void t.test('a refusal that comes in goes out as it is, that of the caller first', async (t) => {
  const unknown = refusal('token_expired', 'long ago')
  const malformed = refusal('message_malformed', 'a varint is cut off')
  const policy = policyOf(viewer)
  const expected = { allowed: false, rules: [], terms: undefined }
  t.strictSame(decide(policy, unknown, listCall), { ...expected, refusal: unknown })
  t.strictSame(decide(policy, identity, malformed), { ...expected, refusal: malformed })
  t.strictSame(decide(policy, unknown, malformed), { ...expected, refusal: unknown })
})

void t.test('an objection beats every grant, and the first one is told', async (t) => {
  const admin = ruleOf({ grants: [termsOf({ role: 'admin', namespace: 'payments' })] })
  const codes = [
    'namespace_missing',
    'namespace_mismatch',
    'nested_call_refused',
    'credential_in_payload',
  ] as const
  for (const code of codes) {
    const call = {
      ...listCall,
      objections: [
        { code, detail: 'this' },
        { code: codes[0], detail: 'that' },
      ],
    }
    const decision = decide(policyOf(admin), identity, call)
    t.strictSame(decision, {
      allowed: false,
      refusal: refusal(code, 'this'),
      rules: ['a-rule'],
      terms: undefined,
    })
  }
})

void t.test('a decision names the rules that matched, and the terms that decided', async (t) => {
  const starter = termsOf({ role: 'starter', namespace: 'payments', rule: 'second' })
  const policy = policyOf(
    { ...viewer, name: 'first' },
    ruleOf({ name: 'second', grants: [termsOf({ role: 'worker', namespace: 'x' }), starter] }),
    ruleOf({ name: 'third', issuer: 'other', grants: [starter] }),
    ruleOf({ name: 'for-people', kind: 'person', grants: [] }),
  )
  const allowed = decide(policy, identity, startCall)
  t.ok(allowed.allowed)
  t.strictSame(allowed.rules, ['first', 'second', 'for-people'])
  t.equal(allowed.terms, starter)
  const refused = decide(
    policy,
    identity,
    callOf('TerminateWorkflowExecution', { namespace: 'payments' }),
  )
  t.strictSame(refused, {
    allowed: false,
    refusal: refusal('not_granted', 'terminate in payments: no rule that applies grants it'),
    rules: ['first', 'second', 'for-people'],
    terms: undefined,
  })
})

void t.test('the detail of a refusal says what was wanted, and where', async (t) => {
  const details = [callOf('ListNamespaces'), listCall].map((call) => {
    const decision = decide(policyOf(), identity, call)
    return decision.allowed ? '' : decision.refusal.detail
  })
  t.strictSame(details, [
    'browse in the cluster: no rule applies to the identity',
    'read in payments: no rule applies to the identity',
  ])
})

for (const guard of guardNames) {
  void t.test(`${guard} keeps out who trips it, unless the rule allows it by name`, async (t) => {
    const tripped = identityOf({ guards: [guard] })
    const allowing = { ...viewer, allow: new Set([guard]) }
    t.equal(outcomeOf([viewer], tripped, listCall), `guard_${guard}`)
    t.equal(outcomeOf([], tripped, listCall), `guard_${guard}`)
    t.equal(outcomeOf([allowing], tripped, listCall), 'allowed')
    // What an allowing rule does not grant is not the guard's doing.
    t.equal(outcomeOf([allowing], tripped, startCall), 'not_granted')
    const other = guardNames.find((name) => name !== guard)!
    const both = identityOf({ guards: [guard, other] })
    t.equal(outcomeOf([allowing], both, listCall), `guard_${guard}`)
  })
}

void t.test('grants add up over rules, and each need is covered by one grant alone', async (t) => {
  const call = callOf('SignalWithStartWorkflowExecution', {
    namespace: 'payments',
    workflowId: 'ledger-7',
    workflowType: { name: 'LedgerRollup' },
    taskQueue: { name: 'ledger' },
    signalName: 'poke',
  })
  t.strictSame(
    call.needs.map(({ verb }) => verb),
    ['start', 'signal'],
  )
  const starter = termsOf({ role: 'starter', namespace: 'payments' })
  const signaller = termsOf({ role: 'operator', namespace: 'payments' })
  const elsewhere = termsOf({ role: 'caller', namespace: 'payroll' })
  const one = (...grants: (typeof starter)[]) => ruleOf({ grants })
  t.equal(outcomeOf([one(starter)], identity, call), 'not_granted')
  t.equal(outcomeOf([one(signaller)], identity, call), 'not_granted')
  t.equal(outcomeOf([one(elsewhere)], identity, call), 'not_granted')
  t.equal(outcomeOf([one(starter), one(signaller)], identity, call), 'allowed')
  t.equal(outcomeOf([one(elsewhere, signaller, starter)], identity, call), 'allowed')
  const byType = { workflow_types: ['LedgerRollup'], workflow_ids: ['books-*'] }
  const byId = { workflow_types: ['Books'], workflow_ids: ['ledger-*'] }
  const halves = [byType, byId].map((narrowing) =>
    one(termsOf({ role: 'caller', namespace: 'payments', narrowing })),
  )
  t.equal(outcomeOf(halves, identity, call), 'not_granted')
})

void t.test(
  'any verified identity may ask what the server can do, whatever it trips',
  async (t) => {
    const call = callOf('GetSystemInfo')
    for (const who of [identity, identityOf({ kind: 'agent', guards: [...guardNames] })]) {
      const decision = decide(policyOf(), who, call)
      t.match(decision, { allowed: true, rules: [], terms: undefined })
    }
    t.equal(outcomeOf([], refusal('token_expired', ''), call), 'token_expired')
  },
)

void t.test('who has any grant may ask about the cluster; who has none may not', async (t) => {
  const call = callOf('GetClusterInfo')
  t.equal(outcomeOf([], identity, call), 'not_granted')
  for (const role of builtInRoles.keys()) {
    t.equal(
      outcomeOf([ruleOf({ grants: [termsOf({ role, namespace: 'n' })] })], identity, call),
      'allowed',
    )
  }
})

void t.test('the cluster and namespaces need grants of their own', async (t) => {
  const cluster = ruleOf({ grants: [termsOf({ role: 'admin' })] })
  const namespace = ruleOf({ grants: [termsOf({ role: 'admin', namespace: 'payments' })] })
  for (const name of ['ListNamespaces', 'ListClusters', 'CreateNexusEndpoint']) {
    t.equal(outcomeOf([cluster], identity, callOf(name)), 'allowed', name)
    t.equal(outcomeOf([namespace], identity, callOf(name)), 'not_granted', name)
  }
  t.equal(outcomeOf([cluster], identity, listCall), 'not_granted')
})

void t.test('a grant is for one call, and nothing else can make one', async (t) => {
  const decision = decide(policyOf(viewer), identity, listCall)
  if (!decision.allowed) throw new Error('not allowed')
  t.equal(decision.call, listCall)
  t.ok(decision.grant.isFor(listCall))
  t.notOk(decision.grant.isFor({ ...listCall }))
  t.notOk(decision.grant.isFor(startCall))
  // @ts-expect-error: the constructor is private, so this compiles nowhere else.
  const forged: Grant = new Grant(listCall)
  t.ok(forged instanceof Grant)
  // @ts-expect-error: what only looks like a grant is none.
  const lookalike: Grant = { isFor: () => true }
  t.notOk(lookalike instanceof Grant)
  t.throws(() => Grant.prototype.isFor.call(lookalike, listCall), TypeError)
})

void t.test('order never matters, and a rule more never takes anything away', async (t) => {
  const random = createRandom(20_261_123)
  const calls = [listCall, startCall, callOf('GetClusterInfo'), callOf('ListNamespaces')]
  const anyTerms = () => {
    const role = random.oneOf([...builtInRoles.keys()])
    const narrowing = random.below(3) === 0 ? { workflow_ids: [random.oneOf(['a', 'b*'])] } : {}
    return random.below(4) === 0
      ? termsOf({ role })
      : termsOf({ role, namespace: random.oneOf(['payments', 'payroll']), narrowing })
  }
  const anyRule = () =>
    ruleOf({
      issuer: random.oneOf(['gitlab', 'gitlab', 'other']),
      kind: random.oneOf(['machine', 'machine', 'agent']),
      allow: new Set(guardNames.filter(() => random.below(3) === 0)),
      grants: Array.from({ length: random.below(3) }, anyTerms),
    })
  let allowed = 0
  for (let round = 0; round < 2_000; round++) {
    const rules = Array.from({ length: random.below(4) }, anyRule)
    const who = identityOf({ guards: guardNames.filter(() => random.below(6) === 0) })
    const call = random.oneOf(calls)
    const before = outcomeOf(rules, who, call)
    if (before === 'allowed') allowed++
    if ((outcomeOf(rules.toReversed(), who, call) === 'allowed') !== (before === 'allowed'))
      t.fail('the order of rules mattered', { round })
    const after = outcomeOf([...rules.slice(0, 1), anyRule(), ...rules.slice(1)], who, call)
    if (before === 'allowed' && after !== 'allowed') t.fail('a rule took access away', { round })
  }
  t.ok(allowed > 200 && allowed < 1_800, `${allowed} of 2000 were allowed`)
})

void t.test('a denial beats every grant, and even what every caller may ask', async (t) => {
  const everything = ruleOf({ grants: [termsOf({ role: 'admin', namespace: 'payments' })] })
  const match = new Map([['ref', { operator: 'exact', value: 'main' } as const]])
  const denial = { name: 'offboarded', issuer: undefined, match }
  for (const call of [listCall, startCall, callOf('GetSystemInfo')]) {
    const decision = decide(policyWith([everything], [denial]), identity, call)
    t.match(decision, {
      allowed: false,
      refusal: { code: 'denied_by_rule', detail: 'the denial offboarded matches' },
    })
    for (const issuer of ['other', 'gitlab']) {
      const limited = decide(policyWith([everything], [{ ...denial, issuer }]), identity, call)
      t.equal(limited.allowed, issuer === 'other', `a denial for ${issuer}`)
    }
  }
})

void t.test('a claim in braces chooses the namespace of the identity that has it', async (t) => {
  const rule = ruleOf({ grants: [termsOf({ role: 'viewer', namespace: 'payments-{ref}' })] })
  const list = (namespace: string) => callOf('ListWorkflowExecutions', { namespace })
  t.equal(outcomeOf([rule], identity, list('payments-main')), 'allowed')
  t.equal(outcomeOf([rule], identity, list('payments-next')), 'not_granted')
  t.equal(outcomeOf([rule], identity, list('payments-{ref}')), 'not_granted')
  const nameless = identityOf({ claims: new Map([['project_id', '48210377']]) })
  t.equal(outcomeOf([rule], nameless, list('payments-')), 'not_granted')
})
