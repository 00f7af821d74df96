import t from 'tap'
import { createCallsRoute } from '../../../src/review/pages/calls-route.ts'
import { reviewEntries } from '../../support/review-entries.ts'
import { memoryReviewIndex } from '../../support/review-index.ts'
import { pageIn, reviewParts, unrecorded, visitOf } from '../../support/review-page.ts'

t.test('a search is recorded, and then answered', async (t) => {
  const parts = reviewParts(reviewEntries(20))
  const visit = visitOf(parts, { query: { outcome: 'refused', project: 'acme/*' } })
  const { status, text } = pageIn(await createCallsRoute(parts)(visit))
  t.equal(status, 200)
  t.match(text, '3 calls: 3 refused')
  t.match(parts.facts, [{ action: 'search', about: { outcome: 'refused', project: 'acme/*' } }])
})

t.test('a search that cannot be recorded is not made', async (t) => {
  const search = () => Promise.reject(new Error('it was looked for'))
  const parts = reviewParts([], {
    index: memoryReviewIndex([], { search }),
    record: async () => unrecorded,
  })
  await t.rejects(createCallsRoute(parts)(visitOf(parts)), {
    message: 'audit_unavailable',
  })
})

t.test('a search that means nothing is told so, and not recorded', async (t) => {
  const parts = reviewParts(reviewEntries(3))
  const page = pageIn(await createCallsRoute(parts)(visitOf(parts, { query: { from: 'soon' } })))
  t.match(page, { status: 400, text: /From \(UTC\): write a time/ })
  t.same(parts.facts, [])
})

t.test('a page mark that the index never gave is told so', async (t) => {
  const parts = reviewParts(reviewEntries(3))
  const page = pageIn(await createCallsRoute(parts)(visitOf(parts, { query: { after: '; --' } })))
  t.match(page, { status: 400, text: /This page is gone. Search again./ })
})

t.test('trouble of the index is not hidden', async (t) => {
  const search = () => Promise.reject(new Error('the index is gone'))
  const parts = reviewParts([], { index: memoryReviewIndex([], { search }) })
  await t.rejects(createCallsRoute(parts)(visitOf(parts)), { message: 'the index is gone' })
})

t.test('a decision id leads to its call', async (t) => {
  const parts = reviewParts([])
  const answer = await createCallsRoute(parts)(visitOf(parts, { query: { decision: ' d-7/.. ' } }))
  t.same(answer, { redirect: '/review/calls/d-7%2F..' })
  for (const query of [undefined, { decision: ' ' }, { decision: ['a', 'b'] }]) {
    const other = await createCallsRoute(parts)(visitOf(parts, { query }))
    t.match(pageIn(other), { status: 200, text: /Nothing was found/ })
  }
})
