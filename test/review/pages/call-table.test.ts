import t from 'tap'
import { markupOf } from '../../../src/review/html.ts'
import { callTable, rowTemplate } from '../../../src/review/pages/call-table.ts'
import { memoryReviewIndex } from '../../support/review-index.ts'
import { reviewEntries } from '../../support/review-entries.ts'

const { rows } = await memoryReviewIndex(reviewEntries(8)).search(
  {},
  { order: 'newest_first', limit: 50 },
)

t.test(
  'the table has a caption, heads of columns and of rows, and a row for each call',
  async (t) => {
    const table = markupOf(callTable('Calls, newest first', rows))
    t.match(table, /<caption>\s*Calls, newest first\s*<\/caption>/)
    t.equal(table.match(/<th role="columnheader" scope="col">/g)?.length, 7)
    t.equal(table.match(/<th role="rowheader" scope="row">/g)?.length, 8)
    t.equal(table.match(/<tr role="row" data-key="\d+" data-tone="bad">/g)?.length, 1)
    t.match(
      table,
      '<a href="/review/calls/d-000000000003"><time datetime="2026-11-23T09:03:03.000Z">',
    )
  },
)

t.test('each cell says what it is, for where the heads of columns are not seen', async (t) => {
  const table = markupOf(callTable('Calls', rows.slice(0, 1)))
  const labels = [...table.matchAll(/data-label="(.*?)"/g)].map(([, label]) => label)
  t.same(labels, ['Outcome', 'Method', 'Workflow', 'Caller', 'Code or rule', 'Took'])
})

t.test('a row without a page has its time and no link', async (t) => {
  const [first] = rows
  t.ok(first)
  const table = markupOf(callTable('Calls', first ? [{ ...first, decisionId: '' }] : []))
  t.match(table, /<th role="rowheader" scope="row">\s*<time /)
  t.notMatch(table, '<a ')
})

t.test('texts of callers are escaped and isolated', async (t) => {
  const [first] = rows
  const hostile = { ...first!, workflowId: '"><script>\u202E', projectPath: "' onload='x" }
  const table = markupOf(callTable('Calls', [hostile]))
  t.match(table, '<bdi>&quot;&gt;&lt;script&gt;<span class="odd" data-code="U+202E">')
  t.match(table, '<bdi>&#39; onload=&#39;x</bdi>')
  t.notMatch(table, /<script|onload='/)
})

t.test('the empty row has a slot for each text, of which the script knows the names', async (t) => {
  const slots = [...markupOf(rowTemplate()).matchAll(/data-slot="(\w+)"/g)].map(([, name]) => name)
  t.same(slots, [
    'mark',
    'status',
    'method',
    'namespace',
    'workflowType',
    'workflowId',
    'project',
    'caller',
    'why',
    'took',
  ])
})
