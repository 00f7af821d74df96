import t, { type Test } from 'tap'
import type { EntryBody } from '../../../src/core/audit-entry.ts'
import type { Search, SearchPage } from '../../../src/review/review-index.ts'
import { startIndexer } from '../../../src/review/search/indexer.ts'
import { createJournalIndex } from '../../../src/review/search/journal-index.ts'
import { until } from '../../support/audit-files.ts'
import {
  completionBody,
  decisionBody,
  journalByHand,
  madeEntries,
  madeFrom,
  madeSpanMs,
  timeText,
} from '../../support/indexed-journal.ts'
import { createRandom, type Random } from '../../support/random.ts'
import { memoryReviewIndex } from '../../support/review-index.ts'

/** The index over a journal, and the one in memory that it must agree with. */
async function both(t: Test, bodies: readonly EntryBody[]) {
  const journal = journalByHand(t.testdir())
  journal.append(bodies)
  const { directory, entries } = journal
  const indexer = startIndexer({ directory, durable: () => Infinity, warn: () => undefined })
  t.teardown(indexer.close)
  await until(() => indexer.state().isCaughtUp)
  return {
    index: createJournalIndex(directory, indexer),
    memory: memoryReviewIndex(entries),
    entries,
  }
}

/** A search for something that is there, or nearly. */
function anySearch(random: Random, entries: readonly Readonly<Record<string, unknown>>[]): Search {
  const fields = {
    project: ['project_path', 'project_id'],
    job: ['job_id'],
    user: ['user_login', 'user_id'],
    namespace: ['namespace'],
    workflowId: ['workflow_id'],
    workflowType: ['workflow_type'],
    method: ['method'],
    rule: ['rule'],
    code: ['code'],
    outcome: ['outcome'],
  } as const
  const search: Record<string, string | number> = {}
  for (let filter = random.below(3); filter >= 0; filter -= 1) {
    const [name, sources] = random.oneOf(Object.entries(fields))
    const value = random.oneOf(entries)[random.oneOf<string>(sources)]
    if (typeof value !== 'string') continue
    const cut = random.below(value.length)
    const shapes = [value, `${value.slice(0, cut)}*`, `*${value.slice(cut)}`, `${value}x`]
    search[name] = name === 'outcome' ? value : random.oneOf(shapes)
  }
  if (random.below(3) === 0) search['from'] = madeFrom + random.below(madeSpanMs)
  if (random.below(3) === 0) search['to'] = madeFrom + random.below(madeSpanMs)
  if (random.below(8) === 0) search['outcome'] = random.oneOf(['allowed', 'open', 'unknown'])
  return search
}

void t.test('finds what a look at every entry finds', async (t) => {
  for (const readLevel of ['both', 'completion'] as const) {
    const { index, memory, entries } = await both(t, madeEntries(1_500, readLevel))
    const random = createRandom(42)
    for (let round = 0; round < 150; round += 1) {
      const search = anySearch(random, entries)
      const order = random.oneOf(['refusals_first', 'newest_first'] as const)
      const page: SearchPage = { order, limit: 1 + random.below(60) }
      const found = await index.search(search, page)
      const expected = await memory.search(search, page)
      const about = JSON.stringify({ search, page })
      t.strictSame(found.rows, expected.rows, about)
      t.equal(found.count, expected.count, about)
      t.equal(found.next === undefined, expected.next === undefined, about)
      const sums = await index.totals(search)
      const expectedSums = await memory.totals(search)
      t.match(sums, { allowed: expectedSums.allowed, refused: expectedSums.refused }, about)
      t.strictSame(sums.times, expectedSums.times, about)
      const byName = (codes: typeof sums.codes) =>
        new Set(codes.map((each) => JSON.stringify(each)))
      t.strictSame(byName(sums.codes), byName(expectedSums.codes), about)
    }
  }
})

void t.test('a call, what changed, and a period are those of the entries', async (t) => {
  const { index, memory, entries } = await both(t, madeEntries(400))
  const ids = entries.map((entry) => entry['decision_id']).filter((id) => typeof id === 'string')
  for (const id of ids.slice(0, 60)) t.strictSame(await index.call(id), await memory.call(id), id)
  for (const id of ['', 'd-none', "' OR ''='"]) t.equal(await index.call(id), undefined)
  for (const [seq, limit] of [
    [entries.length - 20, 50],
    [entries.length - 50, 10],
    [0, 5],
    [entries.length, 5],
  ] as const) {
    t.strictSame(await index.since(seq, limit), await memory.since(seq, limit), `${seq} ${limit}`)
  }
  for (const [from, to] of [
    [0, madeSpanMs],
    [1_000, 600_000],
    [600_000, 600_001],
  ] as const) {
    const expected = await memory.period(madeFrom + from, madeFrom + to)
    const { head, ...found } = await index.period(madeFrom + from, madeFrom + to)
    t.strictSame(found, expected)
    t.equal(typeof head, found.lastSeq > 0 ? 'string' : 'undefined')
  }
  t.strictSame(await index.state(), await memory.state())
})

void t.test('more than anybody counts is said to be more', async (t) => {
  const { index } = await both(
    t,
    Array.from({ length: 10_001 }, () => decisionBody({ rule: 'a' })),
  )
  const page = { order: 'newest_first', limit: 5 } as const
  t.match(await index.search({}, page), { count: 10_000, isMore: true })
  t.match(await index.search({ rule: 'a' }, page), { count: 10_000, isMore: true })
  t.equal((await index.since(0, 5_000)).length, 1_000)
})

void t.test('the lines behind a search come some hundred calls at a time', async (t) => {
  const { index, entries } = await both(t, [
    ...Array.from({ length: 501 }, (_, id) => decisionBody({ decision_id: `d-${id}` })),
    completionBody('d-500'),
    completionBody('whole', { level: 'completion' }),
  ])
  const first = await index.linesPage({}, undefined)
  const seqs = first.lines.map(({ seq }) => seq)
  t.strictSame(seqs.slice(0, 4), [503, 501, 502, 500], 'the newest call first, each with its end')
  t.strictSame([seqs.length, seqs.at(-1)], [501, 3])
  const second = await index.linesPage({}, first.next)
  t.equal(second.next, undefined)
  const all = [...first.lines, ...second.lines]
  for (const { seq, text } of all) t.strictSame(JSON.parse(text), entries[seq - 1])
  t.equal(new Set(all.map(({ seq }) => seq)).size, 503)
})

void t.test('sign-offs come newest first, as their entries have them', async (t) => {
  const signOff = (note: string): EntryBody => ({
    time: timeText(0),
    kind: 'review',
    action: 'sign_off',
    reviewer: 'ada',
    about: { from: timeText(0), to: timeText(5), first_seq: 1, last_seq: 2, note },
  })
  const { index, memory } = await both(t, [signOff('first'), decisionBody(), signOff('second')])
  t.strictSame(await index.signOffs(), await memory.signOffs())
  t.strictSame(
    (await index.signOffs()).map(({ note }) => note),
    ['second', 'first'],
  )
})

void t.test('hostile searches find nothing, and harm nothing', async (t) => {
  const { index, memory } = await both(t, madeEntries(50))
  const page = { order: 'refusals_first', limit: 5 } as const
  const hostile = ["' OR 1=1 --", '"; DROP TABLE calls', '%', 'a\0b', '\uDC00', 'x'.repeat(100_000)]
  for (const text of [...hostile, ':rule', '?1', '[', ']', '*'.repeat(5_000).concat('!')]) {
    for (const field of [
      'project',
      'job',
      'user',
      'workflowId',
      'rule',
      'outcome',
      'code',
    ] as const) {
      const { count } = await index.search({ [field]: text }, page)
      t.equal(count, 0, `${field} ${text.slice(0, 20)}`)
    }
  }
  t.strictSame((await index.search({}, page)).rows, (await memory.search({}, page)).rows)
  await t.rejects(index.search({}, { ...page, after: 'x' }), RangeError)
})
