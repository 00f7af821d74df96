import t from 'tap'
import { createCallRoute } from '../../../src/review/pages/call-route.ts'
import { reviewEntries } from '../../support/review-entries.ts'
import { memoryReviewIndex } from '../../support/review-index.ts'
import { pageIn, reviewParts, unrecorded, visitOf } from '../../support/review-page.ts'

const decisionId = 'd-000000000003'

t.test('a call is shown, and that it was looked at is recorded', async (t) => {
  const parts = reviewParts(reviewEntries(5))
  const page = pageIn(await createCallRoute(parts)(visitOf(parts, { params: { decisionId } })))
  t.match(page, { status: 200, title: `Call ${decisionId}`, text: /✕ Refused/ })
  t.match(page.main, 'href="https://temporal.example/ui/namespaces/payments/workflows/')
  t.match(parts.facts, [{ action: 'view', about: { decision_id: decisionId } }])
})

t.test('one that is not there was looked for all the same', async (t) => {
  const parts = reviewParts([])
  const page = pageIn(await createCallRoute(parts)(visitOf(parts, { params: { decisionId } })))
  t.match(page, { status: 404, title: 'There is no such call' })
  t.match(parts.facts, [{ action: 'view', about: { decision_id: decisionId } }])
})

for (const id of [undefined, '', '../x', 'a b', 'd'.repeat(65)]) {
  t.test(`${JSON.stringify(id)} is no id, and is not looked for`, async (t) => {
    const parts = reviewParts(reviewEntries(5))
    const visit = visitOf(parts, { params: { decisionId: id } })
    t.match(pageIn(await createCallRoute(parts)(visit)), { status: 404 })
    t.same(parts.facts, [])
  })
}

t.test('what cannot be recorded is not looked up', async (t) => {
  const call = () => Promise.reject(new Error('it was looked up'))
  const parts = reviewParts([], {
    index: memoryReviewIndex([], { call }),
    record: async () => unrecorded,
  })
  await t.rejects(createCallRoute(parts)(visitOf(parts, { params: { decisionId } })), {
    message: 'audit_unavailable',
  })
})
