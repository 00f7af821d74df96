import t from 'tap'
import { compileGlob } from '../../src/core/glob.ts'

const cases: readonly [glob: string, matching: readonly string[], others: readonly string[]][] = [
  ['main', ['main'], ['', 'mai', 'main2', 'Main', 'xmain']],
  ['release/*', ['release/1', 'release/'], ['release', 'release/1/2', 'xrelease/1']],
  ['release/**', ['release/1', 'release/1/2', 'release/'], ['release', 'prerelease/1']],
  ['*', ['', 'main', 'v1.0'], ['a/b']],
  ['**', ['', 'main', 'a/b/c'], []],
  ['v*.*', ['v1.2', 'v.', 'v1.2.3'], ['v1', '1.2', 'v1/2.3']],
  ['feature/*/ci', ['feature/x/ci', 'feature//ci'], ['feature/ci', 'feature/x/y/ci']],
  ['**/ci', ['a/ci', 'a/b/ci', '/ci'], ['ci', 'a/ci/b']],
  ['a?b[c]', ['a?b[c]'], ['axbc', 'a?bc']],
  ['ü*', ['ü', 'über'], ['u', 'uber']],
  ['', [''], ['a']],
]

for (const [glob, matching, others] of cases) {
  void t.test(`${JSON.stringify(glob)} is anchored, and * stays within a segment`, async (t) => {
    const matches = compileGlob(glob)
    for (const value of matching) t.ok(matches(value), value)
    for (const value of others) t.notOk(matches(value), value)
  })
}

void t.test('a hostile value takes no longer than its length asks for', async (t) => {
  const matches = compileGlob(`${'*a'.repeat(20)}b`)
  t.notOk(matches('a'.repeat(100_000)))
  t.notOk(compileGlob('**x**x**x**y')('x'.repeat(100_000)))
})
