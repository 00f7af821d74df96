import t from 'tap'
import {
  readMoment,
  readSearch,
  searchFacts,
  searchText,
} from '../../../src/review/pages/search-fields.ts'

t.test('without anything, every call is looked for, refusals first', async (t) => {
  for (const query of [undefined, {}, { unknown: 'x', from: ' ' }]) {
    t.match(readSearch(query), {
      fields: {},
      search: { from: undefined, job: undefined },
      page: { order: 'refusals_first', limit: 50, after: undefined },
      problems: [],
    })
  }
})

t.test('every field is read', async (t) => {
  const query = {
    from: '2026-11-23T09:00',
    to: '2026-11-24',
    outcome: 'refused',
    project: 'acme/*',
    job: '7',
    user: '@dmeyer',
    namespace: 'payments',
    workflow_id: ' ledger-* ',
    workflow_type: 'LedgerRollup',
    method: 'StartWorkflowExecution',
    rule: 'r',
    code: 'not_granted',
    order: 'newest_first',
    rows: '200',
    after: 'mark',
  }
  const read = readSearch(query)
  t.same(read.problems, [])
  t.same(read.search, {
    from: Date.UTC(2026, 10, 23, 9),
    to: Date.UTC(2026, 10, 24),
    outcome: 'refused',
    project: 'acme/*',
    job: '7',
    user: 'dmeyer',
    namespace: 'payments',
    workflowId: 'ledger-*',
    workflowType: 'LedgerRollup',
    method: 'StartWorkflowExecution',
    rule: 'r',
    code: 'not_granted',
  })
  t.same(read.page, { order: 'newest_first', limit: 200, after: 'mark' })
  t.same(readSearch(Object.fromEntries(new URLSearchParams(searchText(read.fields)))), read)
  t.match(searchFacts(read), {
    from: '2026-11-23T09:00:00.000Z',
    to: '2026-11-24T00:00:00.000Z',
    workflow_id: 'ledger-*',
    order: 'newest_first',
  })
})

const jobs = [
  ['11840226751', '11840226751'],
  ['#7', '7'],
  ['https://gitlab.com/acme/a/-/jobs/7', '7'],
  ['gitlab.com/acme/a/-/jobs/7/', '7'],
  ['118*', '118*'],
] as const

for (const [written, job] of jobs) {
  t.test(`a job can be written as ${written}`, async (t) => {
    t.equal(readSearch({ job: written }).search.job, job)
  })
}

const problems = [
  [{ from: 'yesterday' }, 'From (UTC): write a time such as 2026-11-23T09:14:02.'],
  [{ to: '2026-02-30' }, 'Before (UTC): write a time such as 2026-11-23T09:14:02.'],
  [{ from: '2026-11-24', to: '2026-11-24' }, 'The period ends before it begins.'],
  [
    { outcome: 'bad' },
    'Outcome: write one of refused, allowed, completed, failed, cancelled, unknown, open.',
  ],
  [{ order: 'best' }, 'Order: write refusals_first or newest_first.'],
  [{ rows: '100000' }, 'Rows: write 50, 100, 200.'],
  [{ user: ['a', 'b'] }, 'User: it is there twice; write it once.'],
  [{ workflow_id: 'x'.repeat(1101) }, 'Workflow id: write at most 1100 characters.'],
] as const

for (const [query, problem] of problems) {
  t.test(`what is wrong is said: ${problem}`, async (t) => {
    t.same(readSearch(query).problems, [problem])
  })
}

t.test('what is empty is not in the address', async (t) => {
  t.equal(searchText({ from: '', user: 'a', job: undefined }), 'user=a')
})

t.test('a search without a period has none in its entry', async (t) => {
  t.same(searchFacts(readSearch({ user: 'a' })), { user: 'a' })
  t.same(searchFacts(readSearch({ from: 'x' })), { from: undefined })
  t.same(searchFacts(readSearch({ to: 'x' })), { to: undefined })
})

const moments = [
  ['2026-11-23', '2026-11-23T00:00:00.000Z'],
  ['2026-11-23 09:14', '2026-11-23T09:14:00.000Z'],
  ['2026-11-23T09:14:02', '2026-11-23T09:14:02.000Z'],
  ['2026-11-23T09:14:02.113Z', '2026-11-23T09:14:02.113Z'],
  ['2026-11-23T25:00', undefined],
  ['2026-11-31', undefined],
  ['2026-11-23T09:14+02:00', undefined],
  ['', undefined],
] as const

for (const [text, iso] of moments) {
  t.test(`"${text}" is ${iso}`, async (t) => {
    t.equal(readMoment(text), iso && Date.parse(iso))
  })
}
