import { readFileSync } from 'node:fs'
import t from 'tap'
import { createProblems, problemCodes, type Place } from '../../../src/audit/verify/problems.ts'

const at = (order: number): Place => ({ segment: '1.jsonl', line: order, seq: order + 1, order })

void t.test(
  'problems are told in the order of their lines, whenever they were found',
  async (t) => {
    const problems = createProblems()
    problems.add(at(5), 'changed', 'the fifth')
    problems.add(at(2), 'wrong_seq', 'the second')
    t.equal(problems.count(), 2)
    t.strictSame(problems.list(), [
      { segment: '1.jsonl', line: 2, seq: 3, code: 'wrong_seq', message: 'the second' },
      { segment: '1.jsonl', line: 5, seq: 6, code: 'changed', message: 'the fifth' },
    ])
  },
)

void t.test('what may only follow from others comes behind them', async (t) => {
  const problems = createProblems()
  problems.add(at(1), 'no_completion', '')
  problems.add(at(2), 'no_decision', '')
  problems.add(at(9), 'changed', '')
  t.strictSame(
    problems.list().map(({ code }) => code),
    ['changed', 'no_completion', 'no_decision'],
  )
})

void t.test('a hundred are told of, all are counted, and the first are not lost', async (t) => {
  const problems = createProblems()
  for (let order = 3000; order > 0; order -= 1) problems.add(at(order), 'changed', '')
  t.equal(problems.count(), 3000)
  const lines = problems.list().map(({ line }) => line)
  t.strictSame(
    lines,
    Array.from({ length: 100 }, (_, index) => index + 1),
  )
})

void t.test('every code is explained, and nothing else is', async (t) => {
  const path = new URL('../../../docs/audit-proofs.md', import.meta.url)
  const rows = readFileSync(path, 'utf8').matchAll(/^\| `(\w+)` \|/gm)
  t.strictSame(new Set([...rows].map(([, code]) => code)), new Set(problemCodes))
})
