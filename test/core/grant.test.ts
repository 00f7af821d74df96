import t from 'tap'
import type { Need } from '../../src/core/call.ts'
import {
  claimsNamedIn,
  namespaceOf,
  narrowedFields,
  shortfall,
  type GrantTerms,
} from '../../src/core/grant.ts'
import { clusterVerbs } from '../../src/core/verb.ts'
import { termsOf } from '../support/decision-parts.ts'

function needOf(need: Partial<Need>): Need {
  return { namespace: 'payments', verb: 'start', fields: {}, ...need }
}

const claims = new Map([
  ['environment', 'staging'],
  ['ref', 'main'],
])

function covers(terms: GrantTerms, need: Need): boolean {
  return shortfall(terms, need, claims) === undefined
}

const open = termsOf({ role: 'starter', namespace: 'payments' })
const narrowed = termsOf({
  role: 'starter',
  namespace: 'payments',
  narrowing: { workflow_types: ['LedgerRollup'], workflow_ids: ['ledger-*', 'books-*'] },
})

void t.test('a grant that is not narrowed covers its verbs in its namespace', async (t) => {
  t.ok(covers(open, needOf({})))
  t.ok(covers(open, needOf({ verb: 'read', fields: { workflow_ids: '' } })))
  t.notOk(covers(open, needOf({ verb: 'cancel' })))
  t.notOk(covers(open, needOf({ namespace: 'Payments' })))
  t.notOk(covers(open, needOf({ namespace: 'payroll' })))
  t.notOk(covers(open, needOf({ namespace: 'payroll', verb: 'connect' })))
})

const fields: readonly [what: string, fields: Need['fields'], covered: boolean][] = [
  [
    'every narrowed field within',
    { workflow_types: 'LedgerRollup', workflow_ids: 'ledger-7' },
    true,
  ],
  [
    'another of the listed patterns',
    { workflow_types: 'LedgerRollup', workflow_ids: 'books-1' },
    true,
  ],
  ['one narrowed field, within', { workflow_ids: 'ledger-7' }, true],
  [
    'one narrowed field outside',
    { workflow_types: 'LedgerRollup', workflow_ids: 'payroll-7' },
    false,
  ],
  ['an empty value', { workflow_types: 'LedgerRollup', workflow_ids: '' }, false],
  ['no narrowed field', {}, false],
  ['fields that are not narrowed', { task_queues: 'ledger', handlers: 'poke' }, false],
]

for (const [what, value, covered] of fields) {
  void t.test(`a narrowed grant ${covered ? 'covers' : 'leaves out'} ${what}`, async (t) => {
    t.equal(covers(narrowed, needOf({ fields: value })), covered)
  })
}

void t.test('a narrowing leaves alone what says so, but not its verb or namespace', async (t) => {
  t.ok(covers(narrowed, needOf({ verb: 'connect', unnarrowed: true })))
  t.notOk(covers(narrowed, needOf({ verb: 'work', unnarrowed: true })))
  t.notOk(covers(narrowed, needOf({ namespace: 'payroll', verb: 'connect', unnarrowed: true })))
})

void t.test(
  'outside namespaces any grant may connect, and only cluster: true does more',
  async (t) => {
    const cluster = termsOf({ role: 'admin' })
    const connect = needOf({ namespace: '', verb: 'connect', unnarrowed: true })
    t.ok(covers(narrowed, connect))
    t.ok(covers(cluster, connect))
    t.ok(covers(cluster, needOf({ namespace: '', verb: 'cluster' })))
    t.notOk(covers(termsOf({ role: 'viewer' }), needOf({ namespace: '', verb: 'cluster' })))
    // Not even terms that should never be made: what is over a namespace stays in it.
    const both = { ...open, verbs: new Set(clusterVerbs) }
    t.notOk(covers(both, needOf({ namespace: '', verb: 'cluster' })))
    t.notOk(covers(open, needOf({ namespace: '' })))
  },
)

void t.test('a grant on the cluster reaches into no namespace', async (t) => {
  for (const verb of ['connect', 'read', 'namespace', 'cluster'] as const) {
    t.notOk(covers(termsOf({ role: 'admin' }), needOf({ verb, unnarrowed: true })), verb)
  }
})

void t.test('a grant can be narrowed by four fields', async (t) => {
  t.strictSame(narrowedFields, ['workflow_types', 'task_queues', 'workflow_ids', 'handlers'])
})

void t.test(
  'what is lacking is said: the scope, the verb, the field or any field at all',
  async (t) => {
    const lacking = (terms: GrantTerms, need: Partial<Need>) =>
      shortfall(terms, needOf(need), claims)
    t.same(lacking(open, { namespace: 'payroll' }), { kind: 'scope' })
    t.same(lacking(open, { verb: 'cancel' }), { kind: 'verb' })
    t.same(lacking(narrowed, { fields: { workflow_ids: 'x' } }), {
      kind: 'narrowing',
      field: 'workflow_ids',
      value: 'x',
    })
    t.same(lacking(narrowed, {}), { kind: 'outside' })
    t.same(lacking(open, { namespace: '' }), { kind: 'scope' })
    t.same(lacking(termsOf({ role: 'viewer' }), { namespace: '', verb: 'cluster' }), {
      kind: 'verb',
    })
  },
)

void t.test(
  'claims in braces make the namespace, and a claim that is absent makes none',
  async (t) => {
    const over = (namespace: string) => namespaceOf(termsOf({ role: 'viewer', namespace }), claims)
    t.equal(over('payments'), 'payments')
    t.equal(over('payments-{environment}'), 'payments-staging')
    t.equal(over('{ref}-{environment}'), 'main-staging')
    t.equal(over('{ref}-{tag}'), undefined)
    t.equal(namespaceOf(termsOf({ role: 'viewer' }), claims), undefined, 'the cluster is none')
    t.strictSame(claimsNamedIn('{ref}-{environment}'), ['ref', 'environment'])
    t.strictSame(claimsNamedIn('payments'), [])
  },
)

void t.test(
  'a review is of the audit stream: it gives nothing in Temporal, not even connect',
  async (t) => {
    const review: GrantTerms = { ...open, over: { audit: 'review' }, verbs: new Set() }
    t.same(shortfall(review, needOf({ namespace: '', verb: 'connect' }), claims), { kind: 'scope' })
    t.same(shortfall(review, needOf({}), claims), { kind: 'scope' })
  },
)
