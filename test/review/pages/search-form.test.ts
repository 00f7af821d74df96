import t from 'tap'
import { markupOf } from '../../../src/review/html.ts'
import { searchForm } from '../../../src/review/pages/search-form.ts'

const now = Date.UTC(2026, 10, 23, 9, 14, 2, 113)
const form = (fields = {}) => markupOf(searchForm(fields, now)).replaceAll(/\s+/g, ' ')

t.test('every field has a label and a name', async (t) => {
  const names = [...form().matchAll(/<(?:input|select) name="(\w+)"/g)].map(([, name]) => name)
  t.same(names, [
    'from',
    'to',
    'outcome',
    'project',
    'job',
    'user',
    'namespace',
    'workflow_id',
    'workflow_type',
    'method',
    'rule',
    'code',
    'rows',
    'decision',
  ])
  t.equal(form().match(/<label/g)?.length, names.length)
})

t.test('it is filled in as it was sent, and escaped', async (t) => {
  const filled = form({ workflow_id: '"><script>', outcome: 'open', rows: '100' })
  t.match(filled, 'value="&quot;&gt;&lt;script&gt;"')
  t.match(filled, '<option value="open" selected>under way</option>')
  t.match(filled, '<option value="100" selected>100</option>')
  t.notMatch(filled, '<script')
})

t.test('fields that are used are not hidden away', async (t) => {
  t.match(form(), '<details >')
  t.match(form({ project: 'acme/a' }), '<details >')
  t.match(form({ job: '7' }), '<details open>')
})

t.test('what is no time stays as it was written, to be mended', async (t) => {
  t.match(form(), 'name="from" type="datetime-local" step="1" value=""')
  t.match(
    form({ from: '2026-11-23T09:00' }),
    'type="datetime-local" step="1" value="2026-11-23T09:00"',
  )
  t.match(form({ from: 'yesterday' }), 'name="from" type="text" step="1" value="yesterday"')
})

t.test('common periods are one step away, and keep the rest of the search', async (t) => {
  const filled = form({ user: 'a', to: '2026-11-23', after: 'mark', order: 'newest_first' })
  t.match(
    filled,
    'href="/review?from=2026-11-23T08%3A14%3A02&amp;user=a&amp;order=newest_first">last hour</a>',
  )
  t.match(filled, 'href="/review?order=newest_first">everything</a>')
  t.match(filled, '<input type="hidden" name="order" value="newest_first" />')
  t.notMatch(form(), 'name="order"')
})

t.test('codes are offered', async (t) => {
  t.match(form(), '<option value="not_granted"></option>')
  t.match(form(), 'list="codes"')
})
