import t from 'tap'
import {
  formatTest,
  holds,
  holdsAmong,
  pinnedValues,
  type ClaimTest,
} from '../../src/core/claim-test.ts'
import { compileGlob } from '../../src/core/glob.ts'

const exact: ClaimTest = { operator: 'exact', value: 'main' }
const anyOf: ClaimTest = { operator: 'any_of', values: new Set(['main', 'next']) }
const noneOf: ClaimTest = { operator: 'none_of', values: new Set(['main', 'next']) }
const present: ClaimTest = { operator: 'present', present: true }
const absent: ClaimTest = { operator: 'present', present: false }
const under: ClaimTest = { operator: 'under', path: 'Acme/payments' }
const glob: ClaimTest = { operator: 'glob', text: 'release/*', matches: compileGlob('release/*') }
const semver: ClaimTest = {
  operator: 'semver',
  text: '>=1.0.0',
  matches: (value) => value.startsWith('v'),
}
const both: ClaimTest = { operator: 'all_of', tests: [glob, noneOf] }

const cases: readonly [
  ClaimTest,
  holding: readonly string[],
  others: readonly string[],
  absent: boolean,
][] = [
  [exact, ['main'], ['Main', '', 'main '], false],
  [anyOf, ['main', 'next'], ['last', ''], false],
  [noneOf, ['last', ''], ['main', 'next'], true],
  [present, ['', 'anything'], [], false],
  [absent, [], ['', 'anything'], true],
  [
    under,
    ['acme/payments', 'ACME/Payments/ledger', 'acme/payments/'],
    ['acme', 'acme/payments-evil', 'x/acme/payments', ''],
    false,
  ],
  [glob, ['release/1'], ['release/1/2', 'main'], false],
  [semver, ['v1'], ['1'], false],
  [both, ['release/1'], ['main'], false],
]

for (const [test, holding, others, holdsForAbsent] of cases) {
  void t.test(`${formatTest(test)} holds for these values and no others`, async (t) => {
    for (const value of holding) t.ok(holds(test, value), value)
    for (const value of others) t.notOk(holds(test, value), value)
    t.equal(holds(test, undefined), holdsForAbsent, 'an absent claim')
  })
}

void t.test(
  'a test pins a claim when there is an end of the values that it lets through',
  async (t) => {
    t.strictSame(pinnedValues(exact), ['main'])
    t.strictSame(pinnedValues(anyOf), ['main', 'next'])
    t.strictSame(pinnedValues({ operator: 'all_of', tests: [glob, anyOf] }), ['main', 'next'])
    for (const test of [noneOf, present, under, glob, semver, both, undefined]) {
      t.equal(pinnedValues(test), undefined)
    }
  },
)

void t.test('a test is written as the policy file has it', async (t) => {
  const written = [exact, anyOf, noneOf, absent, under, glob, semver, both].map(formatTest)
  t.strictSame(written, [
    'main',
    'any_of: [main, next]',
    'none_of: [main, next]',
    'present: false',
    'under: Acme/payments',
    'glob: release/*',
    'semver: >=1.0.0',
    'glob: release/*, none_of: [main, next]',
  ])
})

const amongLists: readonly [
  ClaimTest,
  holding: readonly string[][],
  others: readonly string[][],
][] = [
  [exact, [['main'], ['x', 'main']], [[], ['x']]],
  [anyOf, [['next', 'x']], [[], ['x', 'y']]],
  [noneOf, [[], ['x', 'y']], [['main'], ['x', 'main']]],
  [present, [['x']], [[]]],
  [absent, [[]], [['x']]],
  [under, [['x', 'acme/payments/y']], [[], ['acme/payments-evil']]],
  [glob, [['x', 'release/1']], [['x'], []]],
  [semver, [['x', 'v1']], [['x']]],
  [both, [['release/1'], ['release/1', 'x']], [['release/1', 'main'], ['x'], []]],
]

for (const [test, holding, others] of amongLists) {
  void t.test(`${formatTest(test)} holds among several values when it should`, async (t) => {
    for (const values of holding) t.ok(holdsAmong(test, values), values.join())
    for (const values of others) t.notOk(holdsAmong(test, values), values.join())
  })
}

void t.test('operators in one test may hold for different values', async (t) => {
  const test: ClaimTest = { operator: 'all_of', tests: [exact, under] }
  t.ok(holdsAmong(test, ['main', 'acme/payments']))
  t.notOk(holdsAmong(test, ['main']))
})
