import { html, type Html } from '../html.ts'
import { refusals } from '../../core/refusal.ts'
import { searchLink } from './links.ts'
import {
  fieldLabels,
  outcomes,
  rowCounts,
  textLengthMax,
  type FieldName,
  type SearchFields,
} from './search-fields.ts'

const more: readonly FieldName[] = [
  'job',
  'user',
  'namespace',
  'workflow_id',
  'workflow_type',
  'method',
  'rule',
  'code',
]

const hints: SearchFields = {
  project: 'acme/* or id',
  job: 'id or address',
  user: 'login or id',
  workflow_id: 'ledger-*',
  workflow_type: 'LedgerRollup',
  method: 'StartWorkflowExecution',
}

const periods = [
  { label: 'last hour', ms: 3_600_000 },
  { label: '24 hours', ms: 86_400_000 },
  { label: '7 days', ms: 7 * 86_400_000 },
]

/** The form of a search, filled in as it was sent. */
export function searchForm(fields: SearchFields, now: number): Html {
  const isMoreOpen = more.some((name) => fields[name] !== undefined)
  return html`<form class="search" method="get" action="/review" role="search" aria-label="Calls">
    <div class="fields">
      ${time('from', fields)} ${time('to', fields)} ${outcomeField(fields)}
      ${field('project', fields)}
    </div>
    <details ${isMoreOpen && html`open`}>
      <summary>More to search by</summary>
      <div class="fields">
        ${more.map((name) => field(name, fields))} ${rowsField(fields)}
        <label>Decision id<input name="decision" maxlength="64" placeholder="d-…" /></label>
      </div>
      <p class="hint">
        A <code>*</code> stands for anything. A decision id leads to that one call.
      </p>
    </details>
    ${fields.order && html`<input type="hidden" name="order" value="${fields.order}" />`}
    <datalist id="codes">
      ${Object.keys(refusals).map((code) => html`<option value="${code}"></option>`)}
    </datalist>
    <p class="buttons">
      <button>Search</button>
      <span class="presets">
        ${periods.map((period) => periodLink(period, fields, now))}
        <a href="${searchLink({ order: fields.order, rows: fields.rows })}">everything</a>
      </span>
    </p>
  </form>`
}

function periodLink(
  period: { label: string; ms: number },
  fields: SearchFields,
  now: number,
): Html {
  const from = new Date(now - period.ms).toISOString().slice(0, 19)
  const link = searchLink({ ...fields, from, to: undefined, after: undefined })
  return html`<a href="${link}">${period.label}</a> `
}

function field(name: FieldName, fields: SearchFields): Html {
  return html`<label
    >${fieldLabels[name]}<input
      name="${name}"
      value="${fields[name]}"
      maxlength="${textLengthMax}"
      dir="auto"
      autocomplete="off"
      spellcheck="false"
      placeholder="${hints[name]}"
      ${name === 'code' && html`list="codes"`}
  /></label>`
}

/** Texts that are no time are kept as they were written, so that they can be mended. */
function time(name: 'from' | 'to', fields: SearchFields): Html {
  const value = fields[name] ?? ''
  const isTime = value === '' || /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(value)
  return html`<label
    >${fieldLabels[name]}<input
      name="${name}"
      type="${isTime ? 'datetime-local' : 'text'}"
      step="1"
      value="${value}"
  /></label>`
}

function outcomeField(fields: SearchFields): Html {
  return html`<label
    >${fieldLabels.outcome}<select name="outcome">
      <option value="">any</option>
      ${outcomes.map((outcome) => option(outcome, fields.outcome))}
    </select></label
  >`
}

function rowsField(fields: SearchFields): Html {
  return html`<label
    >${fieldLabels.rows}<select name="rows">
      ${rowCounts.map((count) => option(count, fields.rows))}
    </select></label
  >`
}

function option(value: string, chosen: string | undefined): Html {
  const label = value === 'open' ? 'under way' : value
  return html`<option value="${value}" ${value === chosen && html`selected`}>${label}</option>`
}
