import t from 'tap'
import { claimText, compilePolicy } from '../../src/config/compile-policy.ts'
import { holds, type ClaimTest } from '../../src/core/claim-test.ts'
import { policyShape } from '../../src/config/policy-shape.ts'
import { contentOf } from '../support/config-text.ts'

const hash = `sha256:${'0'.repeat(64)}`

function compile(text: string) {
  const { yaml, content } = contentOf(`version: 1\n${text}`, policyShape)
  return compilePolicy(yaml, content, hash)
}

const grants = 'grants: [{ namespace: payments, role: viewer }]'

function claimsOf(match: string, before = ''): unknown {
  const [rule] = compile(
    `machines: [{ name: ${before}a, issuer: g, match: ${match}, ${grants} }]`,
  ).rules
  return Object.fromEntries(rule?.match ?? [])
}

void t.test('a policy without rules grants nothing and has its hash', async (t) => {
  t.match(compile('machines: []'), { rules: [], denials: [], hash })
})

void t.test('a rule is compiled with all that it says', async (t) => {
  const { rules } = compile(`machines:
  - name: first
    issuer: gitlab
    match: { ref: main, project_id: { any_of: [1, "2"] } }
    allow: [agents]
    grants:
      - { namespace: payments, role: starter, workflow_ids: ["ledger-*", x], handlers: [poke] }
      - { cluster: true, role: viewer }
  - { name: second, issuer: g, match: { ref: x }, ${grants} }
`)
  t.equal(rules.length, 2)
  const [rule] = rules
  t.match(rule, { name: 'first', issuer: 'gitlab', kind: 'machine', allow: new Set(['agents']) })
  t.strictSame(
    rule?.match,
    new Map<string, unknown>([
      ['ref', { operator: 'exact', value: 'main' }],
      ['project_id', { operator: 'any_of', values: new Set(['1', '2']) }],
    ]),
  )
  const [starter, viewer] = rule?.grants ?? []
  t.match(starter, { rule: 'first', role: 'starter', over: { namespace: 'payments' } })
  t.strictSame([...(starter?.verbs ?? [])], ['connect', 'read', 'start'])
  t.strictSame([...(starter?.narrowing.keys() ?? [])], ['workflow_ids', 'handlers'])
  const patterns = starter?.narrowing.get('workflow_ids') ?? []
  t.strictSame(
    patterns.map(({ text }) => text),
    ['ledger-*', 'x'],
  )
  t.ok(patterns[0]?.matches('ledger-7'))
  t.notOk(patterns[0]?.matches('payroll-7'))
  t.strictSame(viewer?.over, { cluster: true })
  t.strictSame([...(viewer?.verbs ?? [])], ['browse'])
  t.equal(viewer?.narrowing.size, 0)
})

const written: readonly [value: string, text: string][] = [
  ['48210377', '48210377'],
  ['"48210377"', '48210377'],
  ['0123', '0123'],
  ['0x1F', '0x1F'],
  ['0o17', '0o17'],
  ['1e5', '1e5'],
  ['1.0', '1.0'],
  ['+7', '+7'],
  ['-0', '-0'],
  ['12345678901234567890', '12345678901234567890'],
  ['true', 'true'],
  ['false', 'false'],
  ['yes', 'yes'],
  ['2026-11-23', '2026-11-23'],
  ['1_000', '1_000'],
]

for (const [value, text] of written) {
  void t.test(`the value ${value} means the claim ${text}`, async (t) => {
    const exact = { operator: 'exact', value: text }
    t.strictSame(claimsOf(`{ ref: ${value} }`), { ref: exact })
    const anyOf = { operator: 'any_of', values: new Set(['x', text]) }
    t.strictSame(claimsOf(`{ ref: { any_of: [x, ${value}] } }`), { ref: anyOf })
  })
}

void t.test("a boolean of any spelling has GitLab's form; in quotes it is kept", async (t) => {
  for (const value of ['true', 'True', 'TRUE']) {
    t.strictSame(claimsOf(`{ ref_protected: ${value} }`), {
      ref_protected: { operator: 'exact', value: 'true' },
    })
  }
  t.strictSame(claimsOf('{ ref: "True" }'), { ref: { operator: 'exact', value: 'True' } })
})

void t.test('an alias means what it names, in the form in which that was written', async (t) => {
  const { rules } = compile(`machines:
  - { name: a, issuer: g, match: &m { project_id: &id 0123, ref: { any_of: &refs [1e5, x] } }, ${grants} }
  - { name: b, issuer: g, match: *m, ${grants} }
  - { name: c, issuer: g, match: { project_id: *id, ref: { any_of: *refs } }, ${grants} }
`)
  const expected = new Map<string, unknown>([
    ['project_id', { operator: 'exact', value: '0123' }],
    ['ref', { operator: 'any_of', values: new Set(['1e5', 'x']) }],
  ])
  for (const { name, match } of rules) t.strictSame(match, expected, name)
})

void t.test(
  'a value that stands nowhere in the file is written as programs write it',
  async (t) => {
    const { yaml } = contentOf('version: 1', policyShape)
    t.equal(claimText(yaml, 7, ['nowhere']), '7')
  },
)

void t.test('every operator is compiled, and several in one test must all hold', async (t) => {
  const claims = claimsOf(
    '{ ref: { semver: ">=1.0.0 <2" }, ref_path: { glob: refs/*/v1 }, project_path: { under: acme/ }, sha: { present: true }, environment: { none_of: [a], present: true } }',
  ) as Readonly<Record<string, ClaimTest>>
  const passes = (claim: string, value: string | undefined) => {
    const test = claims[claim]
    return test !== undefined && holds(test, value)
  }
  for (const tag of ['v1.0.0', '1.9.0']) t.ok(passes('ref', tag), tag)
  for (const tag of ['v2.0.0', '1.5.0-rc.1', 'main', 'vv1.0.0']) t.notOk(passes('ref', tag), tag)
  t.ok(passes('ref_path', 'refs/tags/v1'))
  t.notOk(passes('ref_path', 'refs/tags/a/v1'))
  t.match(claims['project_path'], { operator: 'under', path: 'acme' })
  t.match(claims['sha'], { operator: 'present', present: true })
  t.match(claims['environment'], { operator: 'all_of' })
  t.ok(passes('environment', 'b'))
  for (const value of ['a', undefined]) t.notOk(passes('environment', value))
})

void t.test('denials, people, agents and custom roles are compiled', async (t) => {
  const policy =
    compile(`people: [{ name: p, issuer: g, match: { ref: a }, grants: [{ audit: review }] }]
agents: [{ name: a, issuer: g, match: { ref: a }, allow: [policy_jobs], grants: [{ namespace: n, role: mine }] }]
denials: [{ name: d, issuer: g, match: { ref: a } }, { name: e, match: { ref: a } }]
roles: { mine: [query, browse] }
`)
  t.match(policy.rules, [
    { name: 'p', kind: 'person', grants: [{ role: 'review', over: { audit: 'review' } }] },
    { name: 'a', kind: 'agent', grants: [{ role: 'mine' }] },
  ])
  const verbs = policy.rules.flatMap(({ grants }) => grants.map((terms) => [...terms.verbs]))
  t.strictSame(verbs, [[], ['query']])
  t.match(policy.denials, [
    { name: 'd', issuer: 'g' },
    { name: 'e', issuer: undefined },
  ])
  t.strictSame([...(policy.denials[0]?.match.keys() ?? [])], ['ref'])
})

void t.test(
  'a rule for agents lets agents in, whose guard would keep each of them out',
  async (t) => {
    const allowOf = (section: string) => {
      const text = `${section}: [{ name: a, issuer: g, match: { ref: a }, allow: [policy_jobs], ${grants} }]`
      return compile(text).rules.flatMap(({ allow }) => [...allow])
    }
    t.strictSame(allowOf('agents'), ['agents', 'policy_jobs'])
    t.strictSame(allowOf('machines'), ['policy_jobs'])
  },
)
