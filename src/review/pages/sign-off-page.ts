import { html, type Html } from '../html.ts'
import type { IndexState, SignOff } from '../review-index.ts'
import type { Reviewer } from '../reviewer.ts'
import { behind } from './calls-page.ts'
import { formToken } from './layout.ts'
import { searchLink } from './links.ts'
import { countText, minuteText, moment } from './moments.ts'
import { shown } from './shown.ts'

/** What a period comes to. */
export interface Period {
  readonly from: number
  readonly to: number
  readonly firstSeq: number
  readonly lastSeq: number
  readonly allowed: number
  readonly refused: number
  /** SHA-256 of the last line, in hex, where it is known. */
  readonly head?: string | undefined
}

/** What the page of sign-offs shows. */
export interface SignOffView {
  readonly state: IndexState
  readonly past: readonly SignOff[]
  /** As they stand in the form. */
  readonly fields: {
    readonly from: string
    readonly to: string
    readonly note?: string | undefined
  }
  readonly problems: readonly string[]
  /** What is about to be signed, once a period was chosen. */
  readonly period: Period | undefined
  readonly reviewer: Reviewer
}

/** Longest note, in UTF-16 code units: what an entry keeps of one. */
export const noteLengthMax = 1_024

/** Signing off a period that was reviewed: first the period, then what it comes to, then the signature. */
export function signOffPage(view: SignOffView): Html {
  const { state, problems, period } = view
  return html`<div class="heading">
      <h1>Sign off</h1>
      <p class="hint">
        Says that you have reviewed a period. It becomes an entry of the journal, with your name and
        the hash of the last line that it covers.
      </p>
    </div>
    ${behind(state)}
    ${
      problems.length > 0 &&
      html`<div class="problem" role="alert">
        <ul>
          ${problems.map((problem) => html`<li>${problem}</li>`)}
        </ul>
      </div>`
    }
    ${periodForm(view)} ${period && signForm(period, view)} ${pastTable(view.past)}`
}

function periodForm({ fields }: SignOffView): Html {
  return html`<form class="search" method="get" action="/review/sign-off" aria-label="Period">
    <div class="fields">
      <label
        >From (UTC)<input
          name="from"
          type="datetime-local"
          step="1"
          required
          value="${fields.from}"
      /></label>
      <label
        >Before (UTC)<input name="to" type="datetime-local" step="1" required value="${fields.to}"
      /></label>
    </div>
    <p class="buttons"><button>Look at this period</button></p>
  </form>`
}

function signForm(period: Period, { fields, reviewer }: SignOffView): Html {
  const { from, to, firstSeq, lastSeq, allowed, refused, head } = period
  const calls = searchLink({ from: fields.from, to: fields.to })
  return html`<section class="result" aria-labelledby="period">
    <h2 id="period">${minuteText(from)} to ${minuteText(to)}</h2>
    <dl>
      ${fact('Refused', html`${countText(refused)}`)}
      ${fact('Allowed', html`${countText(allowed)}`)}
      ${fact('Entries', html`${firstSeq} to ${lastSeq}`)}
      ${head !== undefined && fact('Hash of the last line', html`<code>${head}</code>`)}
    </dl>
    <p><a href="${calls}">The calls of this period</a></p>
    <form method="post" action="/review/sign-off">
      ${formToken(reviewer)}
      ${Object.entries({
        from: fields.from,
        to: fields.to,
        first_seq: firstSeq,
        last_seq: lastSeq,
      }).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
      <label
        >Note, for those who read this later<textarea
          name="note"
          rows="3"
          maxlength="${noteLengthMax}"
        >
${fields.note}</textarea>
      </label>
      <p class="hint">What stands here is kept in the journal for good, and exported with it.</p>
      <button>Sign off this period</button>
    </form>
  </section>`
}

function fact(name: string, value: Html): Html {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`
}

function pastTable(past: readonly SignOff[]): Html {
  if (past.length === 0) return html`<p class="empty">Nothing has been signed off yet.</p>`
  return html`<table class="plain" role="table">
    <caption>
      Signed off so far
    </caption>
    <thead role="rowgroup">
      <tr role="row">
        ${['Period (UTC)', 'By', 'Signed (UTC)', 'Entries', 'Note'].map(
          (title) => html`<th role="columnheader" scope="col">${title}</th>`,
        )}
      </tr>
    </thead>
    <tbody role="rowgroup">
      ${past.map(pastRow)}
    </tbody>
  </table>`
}

function pastRow({ from, to, reviewer, time, firstSeq, lastSeq, note }: SignOff): Html {
  return html`<tr role="row">
    <th role="rowheader" scope="row">${minuteText(from)} to ${minuteText(to)}</th>
    <td role="cell" data-label="By">${shown(reviewer)}</td>
    <td role="cell" data-label="Signed (UTC)">${moment(time)}</td>
    <td role="cell" data-label="Entries">${firstSeq} to ${lastSeq}</td>
    <td role="cell" data-label="Note">${shown(note)}</td>
  </tr>`
}
