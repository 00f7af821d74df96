import t from 'tap'
import type { EntryBody } from '../../src/core/audit-entry.ts'
import { createOpenCalls, isOpening } from '../../src/record/open-calls.ts'

const entry = (kind: EntryBody['kind'], name: string, outcome: string): EntryBody => ({
  time: '2026-11-23T09:14:02.113Z',
  kind,
  decision_id: `d-${name}`,
  outcome,
})
const begin = (name: string) => entry('decision', name, 'allowed')
const end = (name: string) => entry('completion', name, 'completed')

void t.test('a call is open from its decision to its completion', async (t) => {
  const calls = createOpenCalls()
  t.strictSame(calls.state(), { count: 0, oldestSeq: undefined })
  calls.follow([begin('a'), begin('b'), begin('c')], 10)
  t.strictSame(calls.state(), { count: 3, oldestSeq: 11 })
  calls.follow([end('a'), begin('d'), end('c')], 13)
  t.strictSame(calls.state(), { count: 2, oldestSeq: 12 })
  calls.follow([end('b'), end('d')], 16)
  t.strictSame(calls.state(), { count: 0, oldestSeq: undefined })
})

void t.test('what would be open can be asked without following', async (t) => {
  const calls = createOpenCalls()
  calls.follow([begin('a')], 0)
  t.strictSame(calls.after([end('a'), begin('b')], 1), { count: 1, oldestSeq: 3 })
  t.strictSame(calls.state(), { count: 1, oldestSeq: 1 })
})

void t.test('refusals, calls with one entry, and all else open nothing', async (t) => {
  const calls = createOpenCalls()
  const refused = entry('decision', 'a', 'refused')
  const others = [refused, end('unknown'), entry('review', 'x', 'allowed')]
  calls.follow(others, 0)
  t.strictSame(calls.state(), { count: 0, oldestSeq: undefined })
  t.strictSame([...others, begin('b')].map(isOpening), [false, false, false, true])
})
