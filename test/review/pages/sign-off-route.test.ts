import t from 'tap'
import { createSignOffRoutes } from '../../../src/review/pages/sign-off-route.ts'
import { reviewEntries } from '../../support/review-entries.ts'
import { memoryReviewIndex } from '../../support/review-index.ts'
import { pageIn, reviewParts, unrecorded, visitOf } from '../../support/review-page.ts'

const now = Date.UTC(2026, 10, 24, 12)
const day = { from: '2026-11-23T00:00:00', to: '2026-11-24T00:00:00' }
/** What the page shows of that day, and its form sends back. */
const signed = { ...day, first_seq: '1', last_seq: '10', note: ' All refusals looked at. ' }

function setUp(changes: Parameters<typeof memoryReviewIndex>[1] = {}, others = {}) {
  const entries = reviewEntries(5)
  const index = memoryReviewIndex(entries, changes)
  const parts = reviewParts(entries, { now: () => now, index, ...others })
  const routes = createSignOffRoutes(parts)
  return {
    parts,
    view: async (query: object = {}) => pageIn(await routes.view(visitOf(parts, { query }))),
    sign: (form: Record<string, string>) => routes.sign(visitOf(parts, { form })),
  }
}

t.test('at first the last week is proposed, up to a minute ago', async (t) => {
  const { view, parts } = setUp()
  const { main, status } = await view()
  t.equal(status, 200)
  t.match(main, 'value="2026-11-17T12:00:00"')
  t.match(main, 'value="2026-11-24T11:59:00"')
  t.match(parts.facts, [{ action: 'view', about: { page: 'sign-off' } }])
})

t.test('a period is looked at, recorded, and shown as what it comes to', async (t) => {
  const { view, parts } = setUp()
  const { text, main } = await view(day)
  t.match(text, 'Refused 1 Allowed 4 Entries 1 to 10')
  t.match(main, 'name="last_seq" value="10"')
  t.match(parts.facts[0]?.about, { page: 'sign-off', from: '2026-11-23T00:00:00.000Z' })
})

t.test('what was shown is signed, and the next period begins where it ends', async (t) => {
  const { sign, view, parts } = setUp()
  t.same(await sign(signed), { redirect: '/review/sign-off' })
  t.same(parts.facts[0]?.about, {
    from: '2026-11-23T00:00:00.000Z',
    to: '2026-11-24T00:00:00.000Z',
    first_seq: 1,
    last_seq: 10,
    head: undefined,
    allowed: 4,
    refused: 1,
    note: 'All refusals looked at.',
  })
  const { text, main } = await view()
  t.match(text, '1 to 10 All refusals looked at.')
  t.match(main, 'name="from" type="datetime-local" step="1" required value="2026-11-24T00:00:00"')
})

t.test('the hash of the last line is signed where it is known', async (t) => {
  const found = { firstSeq: 1, lastSeq: 10, allowed: 4, refused: 1, head: 'ab' }
  const { sign, parts } = setUp({ period: async () => found })
  await sign(signed)
  t.match(parts.facts[0]?.about, { head: 'ab' })
})

const refused = [
  [{ ...signed, to: '2026-11-24T11:59:30' }, 'The period must be over for a minute'],
  [{ ...signed, from: 'x' }, 'Write both ends of the period'],
  [{ note: '' }, 'Write both ends of the period'],
  [{ ...signed, from: signed.to }, 'The period ends before it begins.'],
  [{ ...signed, note: 'x'.repeat(1_025) }, 'Note: write at most 1024 characters.'],
  [{ ...signed, last_seq: '9' }, 'This period has other entries than when you looked.'],
  [{ ...signed, first_seq: '2' }, 'This period has other entries than when you looked.'],
] as const

for (const [form, problem] of refused) {
  t.test(`nothing is signed: ${problem}`, async (t) => {
    const { sign, parts } = setUp()
    const { status, text } = pageIn(await sign(form))
    t.equal(status, 400)
    t.match(text, problem)
    t.same(parts.facts, [])
  })
}

t.test('a period without entries cannot be signed', async (t) => {
  const { sign, view, parts } = setUp()
  const empty = { from: '2026-10-01', to: '2026-10-02' }
  t.match(await view(empty), { status: 400, text: /Nothing was recorded in this period\./ })
  const answer = await sign({ ...empty, first_seq: '0', last_seq: '0' })
  t.match(pageIn(answer), { status: 400, text: /Nothing was recorded in this period\./ })
  t.equal(parts.facts.filter(({ action }) => action === 'sign_off').length, 0)
})

t.test('nothing is signed by an index that is behind', async (t) => {
  const state = async () => ({ indexedSeq: 10, isCaughtUp: false, trouble: undefined })
  const { sign, parts } = setUp({ state })
  const { status, text } = pageIn(await sign(signed))
  t.equal(status, 400)
  t.match(text, 'The index has not read all of the journal yet.')
  t.same(parts.facts, [])
})

t.test('where there is nothing to propose, there is nothing to complain of', async (t) => {
  const { view } = setUp({}, { now: () => Date.UTC(2027, 0, 1) })
  const { status, main } = await view()
  t.equal(status, 200)
  t.notMatch(main, /role="alert"|method="post"/)
})

t.test('what is asked for twice, or is no text, is asked for again', async (t) => {
  const { view } = setUp()
  const { status, text } = await view({ from: ['a', 'b'] })
  t.equal(status, 400)
  t.match(text, 'Write both ends of the period')
})

t.test('a signature that cannot be recorded is none', async (t) => {
  const { sign } = setUp({}, { record: async () => unrecorded })
  await t.rejects(sign(signed), { message: 'audit_unavailable' })
})
