import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { createInterface } from 'node:readline'
import t from 'tap'
import { writeJournalOfCalls } from '../../scripts/journal-of-calls.ts'
import { createLog } from '../../src/log.ts'
import { readEntries } from '../../src/record/read-entries.ts'
import type { CallRow, Search } from '../../src/review/review-index.ts'
import { databasePath } from '../../src/review/search/database.ts'
import { callsSql } from '../../src/review/search/find-calls.ts'
import { lookupSql } from '../../src/review/search/lookups.ts'
import { wantedOf } from '../../src/review/search/name-text.ts'
import { findStatement } from '../../src/review/search/names.ts'
import { openReviewIndex } from '../../src/review/search/open-review-index.ts'
import { countSql, planOf } from '../../src/review/search/plan.ts'
import { totalsSql } from '../../src/review/search/totals.ts'
import { until } from '../support/audit-files.ts'
import { filled } from '../support/indexed-journal.ts'

// 200,000 entries, or as many as REVIEW_ENTRIES says; of each hundred some forty-eight are calls.
const entryCount = Number(process.env['REVIEW_ENTRIES'] ?? 200_000)
const calls = Math.round(entryCount * 0.48)
t.setTimeout(600_000)
const page = { order: 'refusals_first', limit: 50 } as const

const directory = t.testdir()
const written = writeJournalOfCalls({ directory, calls, segmentBytesMax: 32 * 1024 ** 2 })
const log = createLog({ level: 'silent' })

/** A search for each filter, all of which find the call, and the field that they look at. */
function searchesFor(row: CallRow): readonly (readonly [field: string, search: Search])[] {
  return [
    ['job_id', { job: row.jobId }],
    ['project_path', { project: row.projectPath }],
    ['user_login', { user: row.userLogin }],
    ['namespace', { namespace: row.namespace }],
    ['workflow_id', { workflowId: row.workflowId }],
    ['workflow_type', { workflowType: row.workflowType }],
    ['method', { method: row.method }],
    ['rule', { rule: row.rule }],
    ['code', { code: 'not_granted' }],
  ]
}

void t.test('an index that was killed while it was made goes on, and misses nothing', async (t) => {
  const script = new URL('../support/index-load.ts', import.meta.url).pathname
  for (const killAt of [1, entryCount / 8, entryCount / 4]) {
    const child = spawn(process.execPath, [script, directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    for await (const line of createInterface({ input: child.stdout })) {
      const [seq = 0, rows] = line.split(' ').map(Number)
      if (seq > 1_000) t.equal(rows, 50, 'it answers while it is made')
      if (seq >= killAt) child.kill('SIGKILL')
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    t.equal(child.signalCode, 'SIGKILL')
  }
  const filling = await filled(directory)
  t.equal(filling.indexedSeq(), written.entries)
  const check = filling.database.prepare('PRAGMA integrity_check').all()
  t.strictSame(
    check.map((row) => ({ ...row })),
    [{ integrity_check: 'ok' }],
  )
  const kinds = new Map<unknown, number>()
  for await (const entry of readEntries([directory])) {
    kinds.set(entry?.['kind'], (kinds.get(entry?.['kind']) ?? 0) + 1)
  }
  const count = (where: string) =>
    filling.database.prepare(`SELECT count(*) AS n FROM calls WHERE ${where}`).get()?.['n']
  t.equal(count('true'), Number(kinds.get('decision')) + (kinds.get('refusals') ?? 0))
  t.equal(count('completion_seq IS NOT NULL'), kinds.get('completion'))
  filling.close()
})

void t.test('every question is answered through an index, whatever is asked', async (t) => {
  const { database, names, close } = await filled(directory)
  t.teardown(close)
  const detailsOf = (sql: string) =>
    database
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map((row) => String(row['detail']))
  const throughIndex = (sql: string, table: string, about: string) => {
    const details = detailsOf(sql)
    t.notOk(
      details.some((detail) => detail.startsWith(`SCAN ${table}`)),
      about,
    )
    t.ok(
      details.some((detail) => detail.startsWith(`SEARCH ${table} USING`)),
      details.join('; '),
    )
  }
  const all: Search = {
    job: '7*',
    project: 'group-1/*',
    user: 'person.3',
    namespace: 'payments',
    workflowId: 'svc-*',
    workflowType: 'Workflow3',
    method: 'QueryWorkflow',
    rule: 'rule-3',
    code: 'not_granted',
  }
  const outcomes = ['allowed', 'refused', 'completed', 'failed', 'cancelled', 'unknown', 'open']
  const searches: readonly Search[] = [
    {},
    { from: 5, to: Date.now() },
    ...Object.entries(all).map(([filter, text]) => ({ [filter]: text })),
    ...outcomes.map((outcome) => ({ outcome })),
    { project: '4800*', user: 'person.1*', job: '*9', outcome: 'failed' },
    { workflowId: '*-order-1*', namespace: 'p*' },
  ]
  for (const search of searches) {
    const about = JSON.stringify(search)
    const plan = planOf(database, names, search)
    t.ok(plan, about)
    if (plan === undefined) continue
    throughIndex(callsSql(plan, plan.states.slice(0, 1)), 'calls', about)
    throughIndex(countSql(plan), 'calls', about)
    throughIndex(totalsSql({ ...plan, states: [0] }).replace('tally(', 'max('), 'calls', about)
  }
  for (const [name, sql] of Object.entries(lookupSql)) {
    const table = { identity: 'identities', signOffs: 'sign_offs' }[name] ?? 'calls'
    if (name !== 'signOffs') throughIndex(sql, table, name)
  }
  for (const filter of ['group-1/app', 'group-1/*', '*app']) {
    const wanted = wantedOf(filter)
    if (wanted !== undefined) throughIndex(findStatement(wanted).sql, 'names', filter)
  }
})

void t.test('finds as many as there are, page by page', async (t) => {
  const index = openReviewIndex({ directory, log })
  t.teardown(index.close)
  await until(async () => (await index.state()).isCaughtUp)
  t.match(await index.state(), { indexedSeq: written.entries, trouble: undefined })
  const { rows } = await index.search(
    { method: 'StartWorkflowExecution', outcome: 'completed' },
    page,
  )
  const row = rows[20]
  if (row === undefined) throw new Error('no such call')
  const searches = searchesFor(row)
  const expected = searches.map(() => 0)
  let refusals = 0
  for await (const entry of readEntries([directory])) {
    const isCall = entry?.['kind'] === 'decision' || entry?.['kind'] === 'refusals'
    if (!isCall) continue
    if (entry['outcome'] === 'refused') refusals += 1
    for (const [at, [field, search]] of searches.entries()) {
      if (entry[field] === Object.values(search)[0]) expected[at] = Number(expected[at]) + 1
    }
  }
  for (const [at, [field, search]] of searches.entries()) {
    const found = await index.search(search, page)
    t.equal(found.count, Math.min(Number(expected[at]), 10_000), field)
    t.equal(found.isMore, Number(expected[at]) > 10_000, field)
  }
  const seen = new Set<number>()
  let after: string | undefined
  do {
    const found = await index.search({ outcome: 'refused' }, { ...page, limit: 500, after })
    for (const { seq } of found.rows) seen.add(seq)
    after = found.next
  } while (after !== undefined)
  t.equal(seen.size, refusals)
  t.comment(`the index has ${Math.round(statSync(databasePath(directory)).size / 1024 ** 2)} MiB`)
})
