import t from 'tap'
import { charts } from '../../../src/review/pages/charts.ts'
import type { Totals } from '../../../src/review/review-index.ts'
import { flat, textIn } from '../../support/review-page.ts'

const hour = 3_600_000
const start = Date.UTC(2026, 10, 23, 9)
const part = (at: number, allowed: number, refused: number) => ({
  from: start + at * hour,
  to: start + (at + 1) * hour,
  allowed,
  refused,
})

const totals: Totals = {
  allowed: 1_000,
  refused: 7,
  projects: [
    { project: 'acme/a', allowed: 1_000, refused: 0 },
    { project: '<b>&', allowed: 0, refused: 7 },
  ],
  codes: Array.from({ length: 12 }, (_, at) => ({ code: `code_${at}`, count: 12 - at })),
  times: [part(0, 1_000, 0), part(1, 0, 0), part(2, 0, 7)],
}

t.test('the chart over time says in words what it shows, and is there as a table', async (t) => {
  const markup = flat(charts(totals, {}))
  t.match(
    markup,
    'role="img" aria-label="Calls over the period: 7 refused, 1,000 allowed. Most refusals: 7 in the part that begins at 2026-11-23 11:00."',
  )
  const table = textIn(markup.slice(markup.indexOf('<details>'), markup.indexOf('</details>')))
  t.match(table, 'From (UTC) Refused Allowed 2026-11-23 09:00 0 1,000 2026-11-23 11:00 7 0')
})

t.test('bars are as high as there were calls, and a few beside many are still seen', async (t) => {
  const markup = flat(charts(totals, {}))
  t.match(markup, /class="allowed"\s+x="0"\s+y="2"\s+width="198.5"\s+height="118"/)
  t.match(markup, /class="refused"\s+x="400"\s+y="118"\s+width="198.5"\s+height="2"/)
  t.equal(markup.match(/<rect/g)?.length, 2 + 2 + 10, 'bars of time, projects and codes')
})

t.test('a refused part stands on the allowed one', async (t) => {
  const markup = flat(charts({ ...totals, times: [part(0, 50, 50)] }, {}))
  t.match(markup, /class="allowed"\s+x="0"\s+y="61"\s+width="598.5"\s+height="59"/)
  t.match(markup, /class="refused"\s+x="0"\s+y="2"\s+width="598.5"\s+height="59"/)
})

t.test('projects and the ten most frequent codes lead to a narrower search', async (t) => {
  const markup = flat(charts(totals, { user: 'dmeyer', after: 'mark' }))
  t.match(markup, 'href="/review?project=%3Cb%3E%26&amp;user=dmeyer"')
  t.match(markup, '<bdi>&lt;b&gt;&amp;</bdi>')
  t.match(markup, 'href="/review?user=dmeyer&amp;code=code_9"')
  t.notMatch(markup, 'code_10')
})

t.test('without calls there are no bars, and it says so', async (t) => {
  const nothing = { allowed: 0, refused: 0, projects: [], codes: [], times: [] }
  const markup = flat(charts(nothing, {}))
  t.match(markup, 'aria-label="No calls."')
  t.notMatch(markup, /<rect|<details/)
  t.equal(markup.match(/>\s*none\s*</g)?.length, 2)
})

t.test('where nothing was refused, no worst part is named', async (t) => {
  const markup = flat(charts({ ...totals, times: [part(0, 5, 0)] }, {}))
  t.match(markup, 'aria-label="Calls over the period: 0 refused, 5 allowed."')
})
