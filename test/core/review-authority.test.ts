import t from 'tap'
import { mayReview } from '../../src/core/review-authority.ts'
import type { Identity } from '../../src/core/identity.ts'
import { identityOf } from '../support/decision-parts.ts'
import { policyOf } from '../support/tested-policy.ts'

const person = identityOf({
  kind: 'person',
  claims: new Map([['user_id', '7']]),
  lists: new Map([['groups_direct', ['acme', 'acme/auditors']]]),
  guards: [],
})

/** The rule by which somebody may review under some rules, or the code for which not. */
function verdictOf(rules: string, identity: Identity = person): string {
  const authority = mayReview(policyOf(`version: 1\n${rules}`), identity)
  return authority.allowed ? authority.rule : authority.refusal.code
}

const review = 'grants: [{ audit: review }]'
const auditors = `people:\n  - { name: auditors, issuer: gitlab, match: { groups_direct: acme/auditors }, ${review} }\n`

void t.test('a rule for people that grants it lets somebody review', async (t) => {
  t.equal(verdictOf(auditors), 'auditors')
  t.equal(verdictOf(auditors.replace('groups_direct: acme/auditors', 'user_id: 7')), 'auditors')
  const beside = auditors.replace('[{', '[{ namespace: payments, role: viewer }, {')
  t.equal(verdictOf(beside), 'auditors')
})

const others: Readonly<Record<string, string>> = {
  'no rules': 'people: []\n',
  'a rule for somebody else': auditors.replace('acme/auditors', 'acme/other'),
  'a rule of another issuer': auditors.replace('gitlab', 'other'),
  'a rule that grants something else': auditors.replace(
    '{ audit: review }',
    '{ namespace: payments, role: admin }, { cluster: true, role: admin }',
  ),
  'a rule of another section': auditors.replace('people', 'machines'),
}

for (const [what, rules] of Object.entries(others)) {
  void t.test(`${what} let nobody review`, async (t) => {
    t.equal(verdictOf(rules), 'not_granted')
  })
}

void t.test('a denial beats every grant', async (t) => {
  const denial = (match: string) => `denials:\n  - { name: left, match: { ${match} } }\n`
  t.equal(verdictOf(auditors + denial('user_id: 7')), 'denied_by_rule')
  t.equal(verdictOf(auditors + denial('groups_direct: { under: ACME }')), 'denied_by_rule')
  t.equal(verdictOf(auditors + denial('user_id: 8')), 'auditors')
})

void t.test('neither a machine nor an agent ever reviews, whatever a rule says', async (t) => {
  for (const kind of ['machine', 'agent'] as const) {
    for (const section of ['people', 'machines', 'agents']) {
      t.equal(verdictOf(auditors.replace('people', section), { ...person, kind }), 'not_granted')
    }
  }
})

void t.test('a guard counts here too, unless the rule allows it', async (t) => {
  const tripped = { ...person, guards: ['other_tokens'] as const }
  t.equal(verdictOf(auditors, tripped), 'not_granted')
  t.equal(verdictOf(auditors.replace('match', 'allow: [other_tokens], match'), tripped), 'auditors')
})

void t.test('the detail says why not', async (t) => {
  const detailOf = (rules: string, identity: Identity) => {
    const authority = mayReview(policyOf(`version: 1\n${rules}`), identity)
    return authority.allowed ? undefined : authority.refusal.detail
  }
  const denied = `${auditors}denials:\n  - { name: left, match: { user_id: 7 } }\n`
  t.equal(detailOf(denied, person), 'the denial left matches')
  t.equal(detailOf('people: []\n', person), 'no rule that applies grants audit: review')
  t.equal(
    detailOf(auditors, { ...person, kind: 'machine' }),
    'only people review, and this is of kind machine',
  )
})
