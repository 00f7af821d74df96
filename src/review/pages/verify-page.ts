import { html, type Html } from '../html.ts'
import type { VerifyResult } from '../review-index.ts'
import type { Reviewer } from '../reviewer.ts'
import { formToken } from './layout.ts'
import { countText, moment, tookText } from './moments.ts'
import { shown } from './shown.ts'
import type { Verification } from './verification.ts'

/** Problems that are listed; a broken chain can have one for every line. */
const problemsMax = 100

/** The check of the whole journal: a button, how far it is, and what it found. */
export function verifyPage(state: Verification, reviewer: Reviewer, now: number): Html {
  return html`<div class="heading">
      <h1>Verify</h1>
      <p class="hint">
        Reads every line of this replica’s journal and checks that each follows the one before, that
        every signed checkpoint fits, and that every call has its entries.
      </p>
    </div>
    ${stateOf(state, now)}
    ${
      state.stage !== 'running' &&
      html`<form method="post" action="/review/verify">
        ${formToken(reviewer)}
        <button>${state.stage === 'never' ? 'Verify the journal' : 'Verify again'}</button>
      </form>`
    }
    ${meaning()}`
}

function stateOf(state: Verification, now: number): Html {
  switch (state.stage) {
    case 'never':
      return html`<p class="empty">Not verified since Sallyport was started.</p>`
    case 'running':
      return html`<div class="notice" role="status" data-verifying>
        <label for="verifying">Reading the journal since ${moment(state.since)}</label>
        <progress id="verifying"></progress>
        <p class="hint">
          For ${tookText(Math.max(0, now - state.since))} by now, asked for by
          ${shown(state.reviewer)}.
          <a href="/review/verify">Look again</a>
        </p>
      </div>`
    case 'done':
      return resultOf(state)
    case 'failed':
      return html`<div class="problem" role="alert">
        <p>
          <strong>The check that ended at ${moment(state.at)} has no result.</strong>
          ${
            state.why === 'record'
              ? 'What it found could not be recorded, and is not shown for that reason.'
              : `The check failed: ${state.reason}. The log says more.`
          }
        </p>
      </div>`
  }
}

function resultOf({ at, reviewer, result }: Extract<Verification, { stage: 'done' }>): Html {
  const { ok, entries, checkpoints, durationMs } = result
  return html`<section class="result" data-tone="${ok ? 'good' : 'bad'}" role="status">
    <h2>
      <span class="mark" aria-hidden="true">${ok ? '✓' : '✕'}</span>
      ${ok ? 'The journal holds' : 'The journal does not hold'}
    </h2>
    <dl>
      ${fact('Entries read', html`${countText(entries)}`)}
      ${fact('Checkpoints', html`${countText(checkpoints)}`)}
      ${fact('Took', html`${tookText(durationMs)}`)} ${fact('Ended (UTC)', moment(at))}
      ${fact('Asked for by', shown(reviewer))}
    </dl>
    ${
      ok &&
      checkpoints === 0 &&
      html`<p class="notice">
        It has no signed checkpoint yet, so whoever can write the files could have rewritten all of
        them.
      </p>`
    }
    ${problems(result)} ${notes(result)}
  </section>`
}

function problems({ problems }: VerifyResult): Html {
  if (problems.length === 0) return html``
  const more = problems.length - problemsMax
  return html`<h3>What is wrong (${countText(problems.length)})</h3>
    <ol>
      ${problems.slice(0, problemsMax).map((problem) => html`<li>${shown(problem)}</li>`)}
    </ol>
    ${more > 0 && html`<p>… and ${countText(more)} more: sallyport audit verify lists them all.</p>`}`
}

/** What the check says that it did not prove. */
function notes({ notes = [] }: VerifyResult): Html {
  return html`${notes.map((note) => html`<p class="notice">${shown(note)}</p>`)}`
}

function fact(name: string, value: Html): Html {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`
}

function meaning(): Html {
  return html`<div class="meaning">
    <section>
      <h2>What it shows when it holds</h2>
      <ul>
        <li>
          No line was changed, removed, added or moved before the last checkpoint, unless by
          somebody who has the signing key.
        </li>
        <li>No part of the journal is missing between its first and its last line.</li>
        <li>Every forwarded call has its decision, and its end or the mark of a crash.</li>
      </ul>
    </section>
    <section>
      <h2>What it does not show</h2>
      <ul>
        <li>
          That nothing was cut off after the last checkpoint that you know from elsewhere: compare
          with one that was published, by <code>sallyport audit verify</code>.
        </li>
        <li>
          That this host is honest: it checks itself here. Verify a copy of the files on another
          one.
        </li>
        <li>Anything about other replicas: each has a journal of its own.</li>
      </ul>
    </section>
  </div>`
}
