import t from 'tap'
import type { ClaimTest } from '../../src/core/claim-test.ts'
import { createRuleIndex } from '../../src/core/rule-index.ts'
import type { Denial } from '../../src/core/rule.ts'
import { askedOf, notGranted } from '../support/tested-policy.ts'

const exact = (value: string): ClaimTest => ({ operator: 'exact', value })
const anyOf = (...values: string[]): ClaimTest => ({ operator: 'any_of', values: new Set(values) })
const under = (path: string): ClaimTest => ({ operator: 'under', path })

function ruleOf(name: string, match: Record<string, ClaimTest>, issuer?: string): Denial {
  return { name, issuer, match: new Map(Object.entries(match)) }
}

function jobOf(claims: Record<string, string>) {
  const { identity } = askedOf({ method: 'ListWorkflowExecutions', expect: notGranted })
  return { ...identity, claims: new Map(Object.entries(claims)) }
}

const namesFor = (rules: readonly Denial[], claims: Record<string, string>) =>
  createRuleIndex(rules)(jobOf(claims)).map(({ name }) => name)

t.test(
  'candidates are those pinned to a claim of the identity, and those pinned to none',
  async (t) => {
    const rules = [
      ruleOf('group', { project_path: under('acme') }),
      ruleOf('two', { project_id: exact('2') }),
      ruleOf('several', { project_id: anyOf('1', '2') }),
      ruleOf('one', { project_id: exact('1') }),
    ]
    t.same(namesFor(rules, { project_id: '1' }), ['group', 'several', 'one'])
    t.same(namesFor(rules, { project_id: '2' }), ['group', 'two', 'several'])
    t.same(namesFor(rules, { project_id: '3' }), ['group'])
    t.same(namesFor(rules, {}), ['group'])
    t.same(namesFor([], { project_id: '1' }), [])
  },
)

t.test('candidates come in the order of the file, whichever claim found them', async (t) => {
  const rules = [
    ruleOf('user', { user_id: exact('9') }),
    ruleOf('group', { project_path: under('acme') }),
    ruleOf('project', { project_id: exact('1') }),
    ruleOf('user too', { user_id: exact('9') }),
  ]
  t.same(namesFor(rules, { project_id: '1', user_id: '9' }), [
    'user',
    'group',
    'project',
    'user too',
  ])
})

t.test('rules of another issuer are no candidates, and those of every issuer are', async (t) => {
  const pin = { project_id: exact('1') }
  const rules = [
    ruleOf('ours', pin, 'gitlab'),
    ruleOf('theirs', pin, 'other'),
    ruleOf('everybody', pin),
  ]
  t.same(namesFor(rules, { project_id: '1' }), ['ours', 'everybody'])
})

t.test(
  'a rule with several pins is filed once, under the one that it shares with the fewest',
  async (t) => {
    const rules = Array.from({ length: 100 }, (_, at) =>
      ruleOf(`rule-${at}`, { project_id: exact('1'), environment: exact(`review-${at}`) }),
    )
    t.same(namesFor(rules, { project_id: '1', environment: 'review-7' }), ['rule-7'])
    const all = { ref: { operator: 'all_of', tests: [under('x'), anyOf('a', 'b')] } } as const
    t.same(namesFor([ruleOf('both', all)], { ref: 'b' }), ['both'])
    t.same(namesFor([ruleOf('both', all)], { ref: 'c' }), [])
  },
)

t.test('of ten thousand rules a handful are candidates', async (t) => {
  const rules = Array.from({ length: 10_000 }, (_, at) => {
    const main = { ref: exact('main'), ref_protected: exact('true') }
    return ruleOf(
      `rule-${at}`,
      at % 1_000 === 0
        ? { project_path: under('acme'), ...main }
        : { ...main, project_id: exact(String(at)) },
    )
  })
  const find = createRuleIndex(rules)
  const job = jobOf({ project_id: '77', ref: 'main', ref_protected: 'true' })
  t.ok(find(job).some(({ name }) => name === 'rule-77'))
  t.ok(find(job).length <= 11, `${find(job).length} candidates`)
})

t.test('more rules than a stack holds are found', async (t) => {
  const rules = Array.from({ length: 200_000 }, (_, at) =>
    ruleOf(`rule-${at}`, { ref: exact('main') }),
  )
  t.equal(namesFor(rules, { ref: 'main' }).length, 200_000)
})

t.test('a rule is found by each of several values, once', async (t) => {
  const rules = [
    ruleOf('group', { groups_direct: exact('acme') }),
    ruleOf('groups', { groups_direct: anyOf('acme', 'corp') }),
    ruleOf('other', { groups_direct: exact('other') }),
    ruleOf('person', { user_id: exact('7') }),
  ]
  const person = {
    ...jobOf({ user_id: '7' }),
    lists: new Map([['groups_direct', ['corp', 'acme', 'of no rule']]]),
  }
  const names = createRuleIndex(rules)(person).map(({ name }) => name)
  t.same(names, ['group', 'groups', 'person'])
  t.same(namesFor(rules, { user_id: '7' }), ['person'])
})

t.test('each identity has its own candidates, however often it is asked about', async (t) => {
  const rules = [ruleOf('one', { project_id: exact('1') }), ruleOf('two', { ref: exact('2') })]
  const find = createRuleIndex(rules)
  const [first, second] = [jobOf({ project_id: '1' }), jobOf({ ref: '2' })]
  for (const round of ['first', 'again']) {
    t.same(
      find(first).map(({ name }) => name),
      ['one'],
      round,
    )
    t.same(
      find(second).map(({ name }) => name),
      ['two'],
      round,
    )
  }
  t.equal(find(first), find(first))
  t.same(createRuleIndex([])(first), [], 'another policy has candidates of its own')
})
