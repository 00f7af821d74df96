import t from 'tap'
import { signOffPage, type SignOffView } from '../../../src/review/pages/sign-off-page.ts'
import { flat, loopbackReviewer, textIn } from '../../support/review-page.ts'

const from = Date.UTC(2026, 10, 1)
const to = Date.UTC(2026, 10, 8)

const view: SignOffView = {
  state: { indexedSeq: 7, isCaughtUp: true, trouble: undefined },
  past: [],
  fields: { from: '2026-11-01T00:00:00', to: '2026-11-08T00:00:00' },
  problems: [],
  period: undefined,
  reviewer: loopbackReviewer,
}
const period = { from, to, firstSeq: 3, lastSeq: 4_812, allowed: 4_000, refused: 12 }
const page = (changes: Partial<SignOffView> = {}) => flat(signOffPage({ ...view, ...changes }))

t.test('before a period is chosen there is nothing to sign', async (t) => {
  t.notMatch(page(), /method="post"/)
  t.match(page(), 'name="from" type="datetime-local" step="1" required value="2026-11-01T00:00:00"')
  t.match(page(), 'Nothing has been signed off yet.')
})

t.test('a period says what it comes to, and the form sends exactly that', async (t) => {
  const markup = page({ period: { ...period, head: 'ab'.repeat(32) } })
  t.match(
    textIn(markup),
    `2026-11-01 00:00 to 2026-11-08 00:00 Refused 12 Allowed 4,000 Entries 3 to 4812 Hash of the last line ${'ab'.repeat(32)}`,
  )
  const form = markup.slice(markup.indexOf('method="post"'))
  const fields = [...form.matchAll(/type="hidden" name="(\w+)" value="(.*?)"/g)]
  t.same(Object.fromEntries(fields.map(([, name, value]) => [name, value])), {
    form_token: 'the-form-token',
    from: '2026-11-01T00:00:00',
    to: '2026-11-08T00:00:00',
    first_seq: '3',
    last_seq: '4812',
  })
  t.match(markup, 'href="/review?from=2026-11-01T00%3A00%3A00&amp;to=2026-11-08T00%3A00%3A00"')
  t.notMatch(page({ period }), 'Hash of the last line')
})

t.test('a note that was written is kept, as a text', async (t) => {
  const markup = page({ period, fields: { ...view.fields, note: '</textarea><script>' } })
  t.match(markup, /maxlength="1024"\s*>\s*&lt;\/textarea&gt;&lt;script&gt;<\/textarea/)
})

t.test('problems are listed', async (t) => {
  t.match(page({ problems: ['One.', 'Two.'] }), '<li>One.</li><li>Two.</li>')
})

t.test('what was signed before is a table', async (t) => {
  const past = [
    { time: to, reviewer: '<ada>', from, to, firstSeq: 1, lastSeq: 7, note: 'fine\u202E' },
  ]
  const markup = page({ past })
  t.match(
    textIn(markup),
    'Signed off so far Period (UTC) By Signed (UTC) Entries Note 2026-11-01 00:00 to 2026-11-08 00:00 &lt;ada&gt; 2026-11-08 00:00:00.000 1 to 7 fine',
  )
  t.match(markup, 'data-code="U+202E"')
})
