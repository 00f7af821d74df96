import t from 'tap'
import {
  behind,
  callsPage,
  problemsPage,
  type FoundCalls,
} from '../../../src/review/pages/calls-page.ts'
import { memoryReviewIndex } from '../../support/review-index.ts'
import { reviewEntries } from '../../support/review-entries.ts'
import { flat, loopbackReviewer, textIn } from '../../support/review-page.ts'

const index = memoryReviewIndex(reviewEntries(60))

async function found(changes: Partial<FoundCalls> = {}): Promise<FoundCalls> {
  return {
    fields: {},
    result: await index.search({}, { order: 'refusals_first', limit: 50 }),
    totals: await index.totals({}),
    state: await index.state(),
    reviewer: loopbackReviewer,
    now: Date.UTC(2026, 10, 23, 12),
    ...changes,
  }
}

t.test('the page has the sum of what was found, the calls, and a way on', async (t) => {
  const page = flat(callsPage(await found()))
  const text = textIn(page)
  t.match(text, '60 calls: 9 refused, 51 allowed.')
  t.match(text, 'Calls, refusals first, each newest first')
  t.match(text, '50 of 60 rows on this page Next page')
  t.match(page, 'href="/review?after=p50">Next page')
  t.notMatch(text, /First page|index/)
})

t.test('the next pages have a way back, and no charts again', async (t) => {
  const fields = { after: 'p50', user: 'dmeyer', order: 'newest_first' }
  const result = { ...(await found()).result, next: undefined, isMore: true, count: 10_000 }
  const page = flat(callsPage(await found({ fields, result })))
  t.match(page, 'href="/review?user=dmeyer&amp;order=newest_first">First page')
  t.match(textIn(page), '50 of more than 10,000 rows on this page')
  t.notMatch(page, /Next page|<svg/)
  t.match(textIn(page), 'Calls, newest first')
})

t.test('the order can be changed, and the one that is shown is marked', async (t) => {
  const page = flat(callsPage(await found({ fields: { user: 'a', after: 'p50' } })))
  t.match(page, '<a href="/review?user=a" aria-current="true">Refusals first</a>')
  t.match(page, '<a href="/review?user=a&amp;order=newest_first" >Newest first</a>')
  const newest = flat(callsPage(await found({ fields: { order: 'newest_first' } })))
  t.match(newest, 'order=newest_first" aria-current="true">Newest first</a>')
  t.match(newest, '<a href="/review" >Refusals first</a>')
})

t.test('what was found can be exported by the same search, whatever page is shown', async (t) => {
  const fields = { user: '"a', after: 'p50', rows: '200' }
  const page = flat(callsPage(await found({ fields })))
  const form = page.slice(page.indexOf('<form class="export"'))
  t.match(form, 'name="form_token" value="the-form-token"')
  t.match(form, 'type="hidden" name="user" value="&quot;a"')
  t.notMatch(form, /name="(after|rows)"/)
  t.match(form, '100,000 lines at most')
})

t.test('where nothing was found, it says what to do', async (t) => {
  const result = { rows: [], count: 0, isMore: false, next: undefined }
  const page = flat(callsPage(await found({ result })))
  t.match(page, 'Nothing was found. Take a part of the search away')
  t.notMatch(page, 'id="calls"')
})

t.test(
  'what is wrong with a search stands above the form, which keeps what was written',
  async (t) => {
    const page = flat(problemsPage({ from: 'x', user: 'a' }, ['From: <b>.'], 0))
    t.match(page, '<div class="problem" role="alert">')
    t.match(page, '<li>From: &lt;b&gt;.</li>')
    t.match(page, 'value="a"')
  },
)

t.test('an index that is behind or in trouble says so', async (t) => {
  const state = { indexedSeq: 1_200_000, isCaughtUp: true, trouble: undefined }
  t.equal(flat(behind(state)), '')
  t.match(flat(behind({ ...state, isCaughtUp: false })), '1,200,000 entries so far')
  t.match(flat(behind({ ...state, trouble: 'no <space>' })), 'in trouble: no &lt;space&gt;')
})
