import t from 'tap'
import { claimText, compilePolicy } from '../../src/config/compile-policy.ts'
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
  t.strictSame(compile('machines: []'), { rules: [], hash })
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
