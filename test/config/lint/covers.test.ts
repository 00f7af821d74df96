import t from 'tap'
import { covers, coversAmong, limits, listClaims } from '../../../src/config/lint/covers.ts'
import { holds, holdsAmong, type ClaimTest } from '../../../src/core/claim-test.ts'
import { compileGlob } from '../../../src/core/glob.ts'
import { gitlabPersonClaims } from '../../../src/identify/claims/gitlab.ts'

const exact = (value: string): ClaimTest => ({ operator: 'exact', value })
const anyOf = (...values: string[]): ClaimTest => ({ operator: 'any_of', values: new Set(values) })
const noneOf = (...values: string[]): ClaimTest => ({
  operator: 'none_of',
  values: new Set(values),
})
const present = (is: boolean): ClaimTest => ({ operator: 'present', present: is })
const under = (path: string): ClaimTest => ({ operator: 'under', path })
const glob = (text: string): ClaimTest => ({ operator: 'glob', text, matches: compileGlob(text) })
const semver = (text: string): ClaimTest => ({ operator: 'semver', text, matches: () => false })
const allOf = (...tests: ClaimTest[]): ClaimTest => ({ operator: 'all_of', tests })

const covered: readonly [wider: ClaimTest, narrower: ClaimTest][] = [
  [exact('a'), exact('a')],
  [anyOf('a', 'b'), exact('a')],
  [anyOf('a', 'b'), anyOf('a', 'b')],
  [anyOf('a'), allOf(anyOf('a', 'b'), noneOf('b'))],
  [noneOf('c'), anyOf('a', 'b')],
  [noneOf('c'), noneOf('c', 'd')],
  [noneOf('c'), present(false)],
  [noneOf('c'), under('acme')],
  [present(true), under('acme')],
  [present(true), present(true)],
  [present(false), present(false)],
  [under('acme'), under('Acme/payments')],
  [under('acme'), exact('acme/x')],
  [under('acme'), allOf(under('acme/x'), noneOf('acme/x/y'))],
  [glob('v*'), glob('v*')],
  [glob('v*'), anyOf('v1', 'v2')],
  [semver('>=1'), semver('>=1')],
  [allOf(under('acme'), noneOf('acme/x')), exact('acme/y')],
]

const notCovered: readonly [wider: ClaimTest, narrower: ClaimTest][] = [
  [exact('a'), anyOf('a', 'b')],
  [exact('a'), present(true)],
  [anyOf('a', 'b'), glob('a')],
  [noneOf('a'), anyOf('a', 'b')],
  [noneOf('a', 'b'), noneOf('a')],
  [noneOf('acme/x'), under('acme')],
  [present(true), noneOf('a')],
  [present(true), present(false)],
  [present(false), noneOf('a')],
  [present(false), exact('a')],
  [under('acme/payments'), under('acme')],
  [under('acme'), glob('acme/**')],
  [glob('v*'), glob('v1*')],
  [glob('v*'), semver('v*')],
  [allOf(under('acme'), noneOf('acme/x')), under('acme')],
  [under('acme'), allOf(present(true), noneOf('b'))],
]

const values = [
  undefined,
  'a',
  'b',
  'c',
  'd',
  'v1',
  'acme',
  'acme/x',
  'acme/y',
  'Acme/payments',
  '',
]

void t.test('a test covers another only where no value could tell them apart', async (t) => {
  for (const [wider, narrower] of covered) {
    t.ok(covers(wider, narrower), JSON.stringify([wider, narrower]))
    const apart = values.find((value) => holds(narrower, value) && !holds(wider, value))
    t.equal(apart, undefined)
  }
})

void t.test('what may hold without the other is not covered by it', async (t) => {
  for (const [wider, narrower] of notCovered) {
    t.notOk(covers(wider, narrower), JSON.stringify([wider, narrower]))
  }
})

void t.test('of any two tests, one never covers the other by mistake', async (t) => {
  const all = [...covered, ...notCovered].flat()
  for (const wider of all) {
    for (const narrower of all.filter((test) => covers(wider, test))) {
      const apart = values.find((value) => holds(narrower, value) && !holds(wider, value))
      t.equal(apart, undefined, JSON.stringify([wider, narrower]))
    }
  }
})

void t.test('a test that only rules out, or takes any value, limits nothing', async (t) => {
  for (const test of [exact('a'), anyOf('a'), under('a'), glob('a'), semver('1')]) {
    t.ok(limits(test))
    t.ok(limits(allOf(noneOf('b'), test)))
  }
  for (const test of [undefined, noneOf('a'), present(true), allOf(noneOf('a'), present(true))]) {
    t.notOk(limits(test))
  }
})

void t.test('of several values, each may be what another operator asks for', async (t) => {
  t.ok(coversAmong(anyOf('a', 'b'), exact('a')))
  t.ok(coversAmong(under('acme'), allOf(under('acme/x'), noneOf('b'))))
  t.ok(coversAmong(allOf(anyOf('a', 'b'), noneOf('c')), allOf(exact('a'), noneOf('c', 'd'))))
  t.ok(coversAmong(noneOf('c'), present(false)))
  t.notOk(coversAmong(noneOf('c'), exact('a')), 'c may be there too')
  const other = allOf(anyOf('a', 'b'), under('x'))
  t.notOk(coversAmong(exact('a'), other), 'b may be there, and x/1 beside it')
})

void t.test(
  'what covers among several values holds for every list where the other does',
  async (t) => {
    const tests = [...covered, ...notCovered].flat()
    const some = ['a', 'b', 'c', 'acme/x', 'acme/y', 'v1']
    const lists = [[], ...some.flatMap((one) => some.map((other) => [one, other]))]
    for (const wider of tests) {
      for (const narrower of tests.filter((each) => coversAmong(wider, each))) {
        const broken = lists.filter(
          (list) => holdsAmong(narrower, list) && !holdsAmong(wider, list),
        )
        t.strictSame(broken, [])
      }
    }
  },
)

void t.test('claims with several values are those whose rows are lists', async (t) => {
  const rows = [...gitlabPersonClaims].filter(
    ([, { set, types }]) => set !== 'ignored' && types.includes('array'),
  )
  t.strictSame(new Set(rows.map(([name, { as }]) => as ?? name)), listClaims)
})
