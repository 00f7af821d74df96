import t from 'tap'
import { totalsOf, totalsSql } from '../../../src/review/search/totals.ts'
import {
  decisionBody,
  filled,
  journalByHand,
  madeFrom,
  timeText,
} from '../../support/indexed-journal.ts'

void t.test('sums by project, code and time, and counts many refusals as so many', async (t) => {
  const journal = journalByHand(t.testdir())
  const call = (afterMs: number, fields: object) =>
    decisionBody({ time: timeText(afterMs), ...fields })
  journal.append([
    call(0, { project_path: 'a', project_id: '1' }),
    call(10, { project_path: 'a', project_id: '1', outcome: 'refused', code: 'not_granted' }),
    call(20, { project_id: '2' }),
    call(30, { project_path: 'a', project_id: '1' }),
    { time: timeText(59), kind: 'refusals', outcome: 'refused', code: 'issuer_unknown', count: 40 },
  ])
  const index = await filled(journal.directory)
  t.teardown(index.close)
  const totals = totalsOf(index, {})
  t.match(totals, {
    allowed: 3,
    refused: 41,
    projects: [
      { project: 'a', allowed: 2, refused: 1 },
      { project: '2', allowed: 1, refused: 0 },
    ],
    codes: [
      { code: 'issuer_unknown', count: 40 },
      { code: 'not_granted', count: 1 },
    ],
  })
  t.equal(totals.times.length, 60)
  t.strictSame(totals.times[59], {
    from: madeFrom + 59,
    to: madeFrom + 60,
    allowed: 0,
    refused: 40,
  })
  t.match(totalsOf(index, { project: 'a' }), { allowed: 2, refused: 1 })
  t.match(totalsOf(index, { code: 'issuer_unknown' }), { allowed: 0, refused: 40 })
})

void t.test('the parts of a period are those that are asked for, and cover it', async (t) => {
  const journal = journalByHand(t.testdir())
  journal.append(Array.from({ length: 100 }, (_, at) => decisionBody({ time: timeText(at) })))
  const index = await filled(journal.directory)
  t.teardown(index.close)
  for (const [from, to, parts] of [
    [0, 100, 50],
    [10, 13, 3],
    [50, 51, 1],
    [20, 20, 0],
    [30, 20, 0],
    [-1_000, 1_000, 59],
  ] as const) {
    const { times, allowed } = totalsOf(index, { from: madeFrom + from, to: madeFrom + to })
    t.equal(times.length, parts, `${from} to ${to}`)
    t.equal(
      times.reduce((sum, part) => sum + part.allowed, 0),
      allowed,
    )
    if (parts > 0) t.equal(times.at(-1)?.to, madeFrom + to)
    for (const [at, part] of times.entries())
      t.equal(part.from, times[at - 1]?.to ?? madeFrom + from)
  }
})

void t.test('an empty index has empty sums, and so has a search that finds nothing', async (t) => {
  const journal = journalByHand(t.testdir())
  journal.append([{ time: timeText(0), kind: 'start' }])
  const empty = await filled(journal.directory)
  const nothing = { allowed: 0, refused: 0, projects: [], codes: [], times: [] }
  t.strictSame(totalsOf(empty, {}), nothing)
  empty.close()
  journal.append([decisionBody({ rule: 'a' })])
  const index = await filled(journal.directory)
  t.teardown(index.close)
  t.match(totalsOf(index, { rule: 'b' }), { allowed: 0, refused: 0, projects: [], codes: [] })
  t.strictSame(totalsOf(index, { rule: 'b' }).times, [
    { from: madeFrom, to: madeFrom + 1, allowed: 0, refused: 0 },
  ])
})

void t.test('of projects the ten with most calls are shown', async (t) => {
  const journal = journalByHand(t.testdir())
  for (let project = 1; project <= 12; project += 1) {
    journal.append(
      Array.from({ length: project }, () => decisionBody({ project_path: `p${project}` })),
    )
  }
  const index = await filled(journal.directory)
  t.teardown(index.close)
  const { projects } = totalsOf(index, {})
  t.strictSame(
    projects.map(({ project }) => project),
    ['p12', 'p11', 'p10', 'p9', 'p8', 'p7', 'p6', 'p5', 'p4', 'p3'],
  )
})

void t.test('one walk over the rows gives all sums', async (t) => {
  const plan = {
    index: 'calls_time',
    isInOrder: true,
    states: [0],
    from: 0,
    to: 1,
    where: '',
    values: {},
    count: undefined,
  }
  t.equal(totalsSql(plan).match(/SELECT/g)?.length, 1)
})
