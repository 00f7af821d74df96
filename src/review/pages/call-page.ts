import { html, type Html } from '../html.ts'
import type { CallRecord, CallRow } from '../review-index.ts'
import {
  decidedFacts,
  decisionFields,
  endingFields,
  factRow,
  factRows,
  factSection,
  factText,
  isOneEntry,
  whatFields,
  whoFields,
  type Facts,
} from './call-facts.ts'
import { jobLink, workflowLink } from './links.ts'
import { moment, tookText } from './moments.ts'
import { shown, shownJson } from './shown.ts'
import { statusOf } from './status.ts'

/** Everything about one call: what it was, who made it, how it was decided, and what became of it. */
export function callPage(record: CallRecord, temporalUiUrl: string | undefined): Html {
  const { decision, completion, identity } = record
  const id = String(decision['decision_id'])
  const decided = decidedFacts(record)
  const status = statusOf({
    decision: decided['outcome'] === 'refused' ? 'refused' : 'allowed',
    outcome: completion?.['outcome'] as CallRow['outcome'],
  })
  return html`<p class="back"><a href="/review">Calls</a></p>
    <div class="heading" data-tone="${status.tone}">
      <h1>${shown(factText(decision['method']) ?? factText(decision['path']) ?? 'A call')}</h1>
      <p class="status">
        <span class="mark" aria-hidden="true">${status.mark}</span><span>${status.words}</span>
      </p>
      <p class="hint">Decision <code>${shown(id)}</code>, ${moment(timeOf(decision))} UTC</p>
    </div>
    ${outside(decision, temporalUiUrl)}
    <div class="facts">
      ${factSection('What was called', factRows(decision, whatFields))}
      ${factSection('Who called', factRows({ ...identity, ...decision }, whoFields))}
      ${factSection('How it was decided', factRows(decided, decisionFields))}
      ${factSection('What became of it', ending(decided, completion))}
    </div>
    ${claims(identity)}
    <section aria-labelledby="entries">
      <h2 id="entries">Entries, as in the journal</h2>
      ${entry('decision', decision)}
      ${entry('completion', isOneEntry(record) ? undefined : completion)}
      ${entry('identity', identity)}
    </section>`
}

function ending(decided: Facts, completion: Facts | undefined): readonly Html[] {
  if (decided['outcome'] === 'refused') {
    return [factRow('Outcome', html`refused: nothing was forwarded`)]
  }
  if (completion === undefined) {
    return [factRow('Outcome', html`under way, or its end is not recorded yet`)]
  }
  const took = completion['duration_ms']
  return [
    ...factRows(completion, endingFields),
    ...(typeof took === 'number' ? [factRow('Took', html`${tookText(took)}`)] : []),
    factRow('Recorded (UTC)', moment(timeOf(completion))),
  ]
}

/** Other places that know more. Addresses are made only of what has the shape that it must have. */
function outside(decision: Facts, temporalUiUrl: string | undefined): Html {
  const job = jobLink(decision['principal'])
  const workflow = workflowLink(temporalUiUrl, decision['namespace'], decision['workflow_id'])
  if (job === undefined && workflow === undefined) return html``
  return html`<p class="outside">
    ${job !== undefined && html`<a href="${job}" rel="noopener noreferrer">The job in GitLab</a>`}
    ${
      workflow !== undefined &&
      html`<a href="${workflow}" rel="noopener noreferrer">The workflow in Temporal</a>`
    }
  </p>`
}

function claims(identity: Facts | undefined): Html {
  const all = identity?.['claims']
  if (typeof all !== 'object' || all === null) return html``
  const rows = Object.entries(all).map(
    ([name, value]) =>
      html`<tr>
        <th scope="row">${shown(name)}</th>
        <td>${shown(factText(value) ?? '')}</td>
      </tr>`,
  )
  return html`<details class="claims">
    <summary>All ${rows.length} claims of the token</summary>
    <table class="pairs">
      <caption class="unseen">
        Claims of the token
      </caption>
      <thead>
        <tr>
          <th scope="col">Claim</th>
          <th scope="col">Value</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </details>`
}

function entry(kind: string, value: Facts | undefined): Html {
  if (value === undefined) return html``
  return html`<details>
    <summary>${kind}, number ${factText(value['seq'])}</summary>
    <pre tabindex="0" role="region" aria-label="Entry of the ${kind}">${shownJson(value)}</pre>
  </details>`
}

function timeOf(from: Facts): number {
  return Date.parse(String(from['time']))
}
