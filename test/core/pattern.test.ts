import t from 'tap'
import { compilePattern } from '../../src/core/pattern.ts'

const cases: readonly [pattern: string, matching: readonly string[], others: readonly string[]][] =
  [
    ['ledger', ['ledger'], ['', 'ledger2', 'xledger', 'Ledger', 'ledge', 'ledger\n', ' ledger']],
    ['ledger-*', ['ledger-', 'ledger-7', 'ledger-*', 'ledger-a\nb'], ['ledger', 'xledger-7', '']],
    ['*-ledger', ['-ledger', 'a-ledger'], ['a-ledgers', 'ledger', '']],
    ['a*z', ['az', 'a-z', 'azz', 'a*z'], ['a', 'z', 'za', 'bz']],
    ['aba*aba', ['abaaba', 'aba-aba'], ['aba', 'ababa']],
    ['a*b*c', ['abc', 'a-b-c', 'abbc', 'abcbc'], ['acb', 'ac', 'abcd']],
    ['*b*', ['b', 'abc'], ['a', '']],
    ['a*bc*c', ['abcc', 'abcbcc'], ['abc']],
    ['a*cd*de', ['acdde'], ['acde']],
    ['a**z', ['az', 'a1z'], ['a']],
    ['*', ['x', '*', '\n', ' '], ['']],
    ['**', ['x'], ['']],
    ['a.c', ['a.c'], ['abc']],
    ['(a|b)+[c]?$', ['(a|b)+[c]?$'], ['a', 'ac']],
    ['', [], ['', 'x']],
    ['Ü*😀', ['Ü😀', 'Ü-😀'], ['U😀']],
  ]

for (const [text, matching, others] of cases) {
  void t.test(`the pattern ${JSON.stringify(text)} is matched by whole values only`, async (t) => {
    const pattern = compilePattern(text)
    t.equal(pattern.text, text)
    for (const value of matching) t.ok(pattern.matches(value), JSON.stringify(value))
    for (const value of others) t.notOk(pattern.matches(value), JSON.stringify(value))
  })
}

void t.test('hostile values are matched in one pass, not by trying again', async (t) => {
  const long = 'a'.repeat(100_000)
  t.notOk(compilePattern(`${'*a'.repeat(1_000)}*b`).matches(long))
  t.ok(compilePattern(`${'*a'.repeat(1_000)}*`).matches(long))
  t.notOk(compilePattern(`*${'a'.repeat(500)}b*c`).matches(`${long}c`))
})
