import t, { type Test } from 'tap'
import type { Search } from '../../../src/review/review-index.ts'
import { openDatabase } from '../../../src/review/search/database.ts'
import { createNames, idsMax } from '../../../src/review/search/names.ts'
import {
  allowedStates,
  countMax,
  countRows,
  planOf,
  refusedStates,
} from '../../../src/review/search/plan.ts'
import { states } from '../../../src/review/search/schema.ts'

/** An index with as many rows of some columns as a test says. */
function indexOf(t: Test, rows: readonly (readonly [count: number, texts: object])[]) {
  const database = openDatabase(t.testdir())
  t.teardown(() => database.close())
  const names = createNames(database)
  let seq = 0
  database.exec('BEGIN')
  for (const [count, texts] of rows) {
    const columns = Object.entries(texts).map(([column, text]) => {
      return [column, names.idOf(column as 'rule', String(text))] as const
    })
    const insert = database.prepare(
      `INSERT INTO calls (seq, time, state, weight, place, ${columns.map(([name]) => name).join(', ')})
       VALUES (?, ?, ?, 1, 0, ${columns.map(() => '?').join(', ')})`,
    )
    for (let index = 0; index < count; index += 1) {
      seq += 1
      insert.run(seq, seq * 10, states.completed, ...columns.map(([, id]) => id))
    }
  }
  database.exec('COMMIT')
  return { plan: (search: Search) => planOf(database, names, search), database, names }
}

void t.test('without a filter the index on time is walked, and nothing counted', async (t) => {
  const { plan } = indexOf(t, [[3, { rule: 'a' }]])
  t.match(plan({}), { index: 'calls_time', isInOrder: true, where: '', count: undefined })
  t.match(plan({ rule: '' }), { index: 'calls_time' })
})

void t.test('the filter that leaves fewest rows says which index', async (t) => {
  const { plan } = indexOf(t, [
    [30, { rule: 'common', namespace: 'payments' }],
    [2, { rule: 'rare', namespace: 'payments' }],
    [1, { rule: 'rare', namespace: 'billing' }],
  ])
  t.match(plan({ rule: 'rare', namespace: 'payments' }), { index: 'calls_rule', count: undefined })
  t.match(plan({ rule: 'common', namespace: 'billing' }), { index: 'calls_namespace' })
  t.match(plan({ rule: 'common' }), { index: 'calls_rule', count: 30 })
  t.match(plan({ rule: 'common', from: 50, to: 70 }), { index: 'calls_rule', count: 2 })
})

void t.test('several texts come out of order, which is for few rows only', async (t) => {
  const few = indexOf(t, [
    [5, { job: 'a1' }],
    [5, { job: 'a2' }],
    [50, { job: 'b' }],
  ])
  t.match(few.plan({ job: 'a*' }), { index: 'calls_job', isInOrder: false, count: 10 })
  const many = indexOf(t, [
    [countMax, { job: 'a1' }],
    [5, { job: 'a2' }],
  ])
  t.match(many.plan({ job: 'a*' }), { index: 'calls_time', isInOrder: true, count: countMax + 1 })
})

void t.test('where texts are too many to list, the index on time is walked', async (t) => {
  const { plan, names, database } = indexOf(t, [[1, { rule: 'a' }]])
  database.exec('BEGIN')
  for (let count = 0; count <= idsMax; count += 1) names.idOf('workflow', `order-${count}`)
  database.exec('COMMIT')
  t.match(plan({ workflowId: 'order-*' }), { index: 'calls_time', count: undefined })
  t.match(plan({ workflowId: 'order-*', rule: 'a' }), { index: 'calls_rule', count: undefined })
})

void t.test(
  'nothing matches a text that no call has, or an outcome that there is not',
  async (t) => {
    const { plan } = indexOf(t, [[1, { rule: 'a' }]])
    t.equal(plan({ rule: 'b' }), undefined)
    t.equal(plan({ outcome: 'toString' }), undefined)
    t.equal(plan({ outcome: 'complete*' }), undefined)
  },
)

void t.test('outcomes are states', async (t) => {
  const { plan } = indexOf(t, [[1, { rule: 'a' }]])
  t.strictSame(plan({ outcome: 'allowed' })?.states, allowedStates)
  t.strictSame(plan({ outcome: 'refused' })?.states, refusedStates)
  t.strictSame(plan({ outcome: 'open' })?.states, [states.open])
  t.strictSame(plan({})?.states, [...refusedStates, ...allowedStates])
})

void t.test('times are whole and in reach, whatever is asked', async (t) => {
  const { plan, database } = indexOf(t, [[1, { rule: 'a' }]])
  for (const [from, to, ...expected] of [
    [undefined, undefined, -8.64e15, 8.64e15],
    [NaN, Infinity, -8.64e15, 8.64e15],
    [1.5, 2.5, 2, 3],
    [-1e300, 1e300, -8.64e15, 8.64e15],
  ]) {
    const found = plan({ from, to })
    t.strictSame([found?.from, found?.to], expected)
    if (found !== undefined) t.type(countRows(database, found), 'number')
  }
})
