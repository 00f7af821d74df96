import { html, type Html } from '../html.ts'
import type { CallRow, IndexState } from '../review-index.ts'
import { callTable, rowTemplate } from './call-table.ts'
import { behind } from './calls-page.ts'

/** What the live view begins with. */
export interface LiveStart {
  readonly rows: readonly CallRow[]
  readonly state: IndexState
  /** Names this view when it asks for what is new. */
  readonly session: string
}

/** The live view. The script fills it in; without one it is the latest calls, to be loaded again. */
export function livePage({ rows, state, session }: LiveStart): Html {
  return html`<div class="heading">
      <h1>Live</h1>
      <p class="hint">
        Calls as they are decided and as they end, the newest first. Refusals are marked.
      </p>
    </div>
    ${behind(state)}
    <p class="notice" id="live-still">
      Without its script this page stands still. <a href="/review/live">Load it again</a> for the
      latest.
    </p>
    <div class="live" data-live="${session}" data-after="${state.indexedSeq}" hidden>
      <p class="state" role="status" aria-live="polite" id="live-state">Connecting …</p>
      <button type="button" id="live-pause" aria-pressed="false">Pause</button>
      <label class="check"><input type="checkbox" id="live-refused" /> Refusals only</label>
    </div>
    ${callTable('The latest calls, newest first', rows)} ${rowTemplate()}`
}
