import t, { type Test } from 'tap'
import type { Search, SearchPage } from '../../../src/review/review-index.ts'
import { findCalls } from '../../../src/review/search/find-calls.ts'
import {
  completionBody,
  decisionBody,
  filled,
  journalByHand,
  timeText,
} from '../../support/indexed-journal.ts'

/** Ten calls, one a second; every third is refused, and the last is under way. */
async function tenCalls(t: Test) {
  const journal = journalByHand(t.testdir())
  for (let call = 1; call <= 10; call += 1) {
    const isRefused = call % 3 === 0
    journal.append([
      decisionBody({
        time: timeText(call * 1_000),
        decision_id: `d-${call}`,
        outcome: isRefused ? 'refused' : 'allowed',
        workflow_id: `order-${call}`,
        job_id: call < 6 ? '1' : '2',
        ...(isRefused && { code: 'not_granted' }),
      }),
    ])
    if (!isRefused && call < 10) journal.append([completionBody(`d-${call}`)])
  }
  const { database, names, close } = await filled(journal.directory)
  t.teardown(close)
  const idOf = new Map(journal.entries.map((entry) => [entry['seq'], entry['decision_id']]))
  return (search: Search, page: Partial<SearchPage> = {}) => {
    const whole = { order: 'newest_first', limit: 50, ...page } as const
    const found = findCalls(database, names, { search, page: whole })
    const calls = found.calls.map(({ seq }) => Number(String(idOf.get(seq)).slice(2)))
    return { calls, next: found.next, count: found.count(), places: found.calls }
  }
}

void t.test('finds calls newest first, or refusals before all others', async (t) => {
  const find = await tenCalls(t)
  t.strictSame(find({}).calls, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
  t.strictSame(find({}, { order: 'refusals_first' }).calls, [9, 6, 3, 10, 8, 7, 5, 4, 2, 1])
  t.match(find({}).places.at(-1), { seq: 1, place: 0, completionSeq: 2 })
  t.equal(find({}).places[0]?.completionSeq, undefined)
})

void t.test('pages follow one another without a gap or a repetition', async (t) => {
  const find = await tenCalls(t)
  for (const order of ['newest_first', 'refusals_first'] as const) {
    for (const limit of [1, 2, 3, 4, 9, 10, 11]) {
      for (const search of [{}, { job: '1' }, { workflowId: 'order-*' }]) {
        const whole = find(search, { order }).calls
        const calls: number[] = []
        let after: string | undefined
        do {
          const page = find(search, { order, limit, after })
          t.ok(page.calls.length <= limit)
          t.equal(page.count, whole.length)
          calls.push(...page.calls)
          after = page.next
        } while (after !== undefined)
        t.strictSame(calls, whole, `${order} ${limit} ${JSON.stringify(search)}`)
      }
    }
  }
})

void t.test('calls of one millisecond are told apart by their number', async (t) => {
  const journal = journalByHand(t.testdir())
  const outcome = 'refused'
  journal.append(
    Array.from({ length: 25 }, (_, id) => decisionBody({ decision_id: `d-${id}`, outcome })),
  )
  const { database, names, close } = await filled(journal.directory)
  t.teardown(close)
  const seqs: number[] = []
  let after: string | undefined
  do {
    const page = { order: 'newest_first', limit: 4, after } as const
    const found = findCalls(database, names, { search: {}, page })
    seqs.push(...found.calls.map(({ seq }) => seq))
    after = found.next
  } while (after !== undefined)
  t.strictSame(
    seqs,
    Array.from({ length: 25 }, (_, index) => 25 - index),
  )
})

void t.test('filters and the period hold for every row', async (t) => {
  const find = await tenCalls(t)
  const second = (count: number) => Date.parse(timeText(count * 1_000))
  const cases: readonly (readonly [search: Search, ...calls: number[]])[] = [
    [{ job: '2' }, 10, 9, 8, 7, 6],
    [{ workflowId: 'order-7' }, 7],
    [{ workflowId: 'order-1*' }, 10, 1],
    [{ workflowId: 'order-1*', job: '1' }, 1],
    [{ outcome: 'refused', job: '1' }, 3],
    [{ outcome: 'open' }, 10],
    [{ outcome: 'refused', workflowId: 'order-1*' }],
    [{ outcome: 'completed', job: '1' }, 5, 4, 2, 1],
    [{ code: 'not_*' }, 9, 6, 3],
    [{ from: second(3), to: second(5) }, 4, 3],
    [{ from: second(3), to: second(8), job: '1' }, 5, 4, 3],
    [{ job: 'none' }],
    [{ from: second(8), to: second(3) }],
  ]
  for (const [search, ...calls] of cases) {
    const found = find(search)
    t.strictSame(found.calls, calls, JSON.stringify(search))
    const inGroups = find(search, { order: 'refusals_first' }).calls
    t.strictSame(new Set(inGroups), new Set(calls), JSON.stringify(search))
    t.equal(found.count, calls.length)
    t.equal(found.next, undefined)
  }
})

void t.test('limits are kept within what one page may be', async (t) => {
  const find = await tenCalls(t)
  t.equal(find({}, { limit: 0 }).calls.length, 1)
  t.equal(find({}, { limit: -5 }).calls.length, 1)
  t.equal(find({}, { limit: NaN }).calls.length, 1)
  t.equal(find({}, { limit: 2.9 }).calls.length, 2)
  t.equal(find({}, { limit: 1e9 }).calls.length, 10)
})

void t.test('a mark that is none is refused', async (t) => {
  const find = await tenCalls(t)
  t.throws(() => find({}, { after: "0.1.1' OR 1" }), RangeError)
  t.strictSame(
    find({}, { after: '1.9999999999999.1' }).calls,
    [],
    'and a strange one finds nothing',
  )
})
