import { existsSync } from 'node:fs'
import t from 'tap'
import { databasePath } from '../../../src/review/search/database.ts'
import { openReviewIndex, reviewIndexOf } from '../../../src/review/search/open-review-index.ts'
import { keptLog, until } from '../../support/audit-files.ts'
import {
  decisionBody,
  completionBody,
  journalByHand,
  madeEntries,
  timeText,
} from '../../support/indexed-journal.ts'
import { memoryReviewIndex } from '../../support/review-index.ts'

void t.test('answers everything that the page asks, from a thread of its own', async (t) => {
  const journal = journalByHand(t.testdir())
  journal.append(madeEntries(100))
  const { directory, entries } = journal
  const index = openReviewIndex({ directory, log: keptLog().log })
  t.teardown(index.close)
  t.notOk(existsSync(databasePath(directory)), 'nothing is opened before the first question')
  await until(async () => (await index.state()).isCaughtUp)
  const memory = memoryReviewIndex(entries)
  const page = { order: 'refusals_first', limit: 20 } as const
  const found = await index.search({}, page)
  t.strictSame(found.rows, (await memory.search({}, page)).rows)
  t.match(await index.totals({}), { allowed: (await memory.totals({})).allowed })
  const id = String(found.rows.at(-1)?.decisionId)
  t.strictSame(await index.call(id), await memory.call(id))
  t.strictSame(await index.signOffs(), [])
  const from = Date.parse(timeText(0))
  const { head, ...period } = await index.period(from, from + 60_000)
  t.strictSame(period, await memory.period(from, from + 60_000))
  t.match(head, /^[0-9a-f]{64}$/)
  t.strictSame(await index.since(150, 5), await memory.since(150, 5))
  t.match(await index.verify(), { ok: true, entries: entries.length })
  t.strictSame(await index.state(), await memory.state())
  await t.rejects(index.search({}, { ...page, after: 'x' }), RangeError)
  await index.close()
  t.match(await index.state(), { isCaughtUp: false, trouble: 'the review index is closed' })
})

void t.test(
  'the lines behind a search are those of the newest calls, in the order of the journal',
  async (t) => {
    const journal = journalByHand(t.testdir())
    const calls = Array.from({ length: 700 }, (_, call) => [
      decisionBody({ decision_id: `d-${call}`, time: timeText(call) }),
      completionBody(`d-${call}`),
    ])
    journal.append(calls.flat())
    const { directory, entries } = journal
    const index = openReviewIndex({ directory, log: keptLog().log })
    t.teardown(index.close)
    await until(async () => (await index.state()).isCaughtUp)
    for (const limit of [0, 1, 5, 1_000, 1_003, 1_400, 9_999]) {
      const lines = await index.lines({}, limit)
      const seqs = lines.map((line) => (JSON.parse(line) as { seq: number }).seq)
      const expected = await memoryReviewIndex(entries).lines({}, limit)
      t.strictSame(
        seqs,
        expected.map((line) => (JSON.parse(line) as { seq: number }).seq),
        `${limit}`,
      )
    }
  },
)

void t.test('trouble that is no error is said as it is', async (t) => {
  const index = reviewIndexOf({
    ask: () => Promise.reject('no luck'),
    close: async () => undefined,
  })
  t.match(await index.state(), { indexedSeq: 0, isCaughtUp: false, trouble: 'no luck' })
})
