import { html, type Html } from '../html.ts'
import type { IndexState, SearchResult, Totals } from '../review-index.ts'
import type { Reviewer } from '../reviewer.ts'
import { callTable } from './call-table.ts'
import { charts } from './charts.ts'
import { formToken } from './layout.ts'
import { searchLink } from './links.ts'
import { countText } from './moments.ts'
import type { SearchFields } from './search-fields.ts'
import { searchForm } from './search-form.ts'

/** Lines that one export of the page has at most: what a spreadsheet takes, and a process can spare. */
export const exportLinesMax = 100_000

/** What a search is shown with. */
export interface FoundCalls {
  readonly fields: SearchFields
  readonly result: SearchResult
  readonly totals: Totals
  readonly state: IndexState
  readonly reviewer: Reviewer
  readonly now: number
}

/** The list of calls: a form, what was found in sum, and each call. */
export function callsPage(found: FoundCalls): Html {
  const { fields, result, totals, state, now } = found
  const isFirst = fields.after === undefined
  return html`<h1>Calls</h1>
    ${behind(state)} ${searchForm(fields, now)}
    <p class="summary">${summary(totals)}</p>
    ${isFirst && charts(totals, fields)} ${orderLinks(fields)}
    ${
      result.rows.length > 0
        ? callTable(captionOf(fields), result.rows)
        : html`<p class="empty">
            Nothing was found. Take a part of the search away, or widen the period.
          </p>`
    }
    ${pager(fields, result)} ${exportForm(found)}`
}

/** The same form with what is wrong with it. */
export function problemsPage(fields: SearchFields, problems: readonly string[], now: number): Html {
  return html`<h1>Calls</h1>
    <div class="problem" role="alert">
      <p>This cannot be searched for:</p>
      <ul>
        ${problems.map((problem) => html`<li>${problem}</li>`)}
      </ul>
    </div>
    ${searchForm(fields, now)}`
}

/** Says that the index is not complete, where it is not. */
export function behind({ isCaughtUp, indexedSeq, trouble }: IndexState): Html {
  if (trouble !== undefined) {
    return html`<p class="problem" role="status">The index is in trouble: ${trouble}</p>`
  }
  if (isCaughtUp) return html``
  return html`<p class="notice" role="status">
    The index is being made from the journal: ${countText(indexedSeq)} entries so far. What is below
    may lack the latest ones.
  </p>`
}

function summary({ allowed, refused }: Totals): Html {
  return html`<strong>${countText(allowed + refused)}</strong> calls:
    <strong>${countText(refused)}</strong> refused, <strong>${countText(allowed)}</strong> allowed.`
}

function captionOf({ order }: SearchFields): string {
  return order === 'newest_first'
    ? 'Calls, newest first'
    : 'Calls, refusals first, each newest first'
}

function orderLinks(fields: SearchFields): Html {
  const orders = [
    { label: 'Refusals first', order: undefined },
    { label: 'Newest first', order: 'newest_first' },
  ]
  const links = orders.map(({ label, order }) => {
    const isCurrent = (fields.order === 'newest_first') === (order === 'newest_first')
    const link = searchLink({ ...fields, order, after: undefined })
    return html`<a href="${link}" ${isCurrent && html`aria-current="true"`}>${label}</a>`
  })
  return html`<p class="segments" role="group" aria-label="Order">${links}</p>`
}

function pager(fields: SearchFields, { rows, count, isMore, next }: SearchResult): Html {
  const all = isMore ? `more than ${countText(count)}` : countText(count)
  return html`<nav class="pager" aria-label="Pages">
    <p>${countText(rows.length)} of ${all} rows on this page</p>
    ${fields.after !== undefined && html`<a href="${searchLink({ ...fields, after: undefined })}">First page</a>`}
    ${next !== undefined && html`<a href="${searchLink({ ...fields, after: next })}">Next page</a>`}
  </nav>`
}

function exportForm({ fields, reviewer }: FoundCalls): Html {
  const kept = Object.entries(fields).filter(([name]) => name !== 'after' && name !== 'rows')
  return html`<form class="export" method="post" action="/review/export">
    ${formToken(reviewer)}
    ${kept.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
    <h2>Take what was found with you</h2>
    <p class="hint">
      The entries behind all pages of this search, ${countText(exportLinesMax)} lines at most; for
      more there is <code>sallyport audit export</code>.
    </p>
    <button name="format" value="jsonl">JSON lines, as in the journal</button>
    <button name="format" value="csv">CSV</button>
  </form>`
}
