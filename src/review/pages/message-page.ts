import { html } from '../html.ts'
import type { PageParts } from './layout.ts'

type Message = Omit<PageParts, 'reviewer'>

/** For somebody elsewhere, where nobody can log in. */
export function notHerePage(): Message {
  return message(
    'This page is for the machine that Sallyport runs on',
    'Open it there by a loopback address, for example through an SSH tunnel, or set up a login: ops.review.login in the service file. With kubectl port-forward the address is http://127.0.0.1 and the port of the ops listener on both ends.',
  )
}

/** For a form or a request that did not come from this page. */
export function formRefusedPage(): Message {
  return message(
    'This did not come from the review page',
    'Nothing was done. Go back, load the page again and repeat it: the form may have been from before you logged in.',
  )
}

/** Where the journal takes no entries. */
export function unrecordedPage(): Message {
  return message(
    'This cannot be shown, because it cannot be recorded',
    'The journal takes no entries at the moment, and nobody looks at it unrecorded. The readiness of the ops listener, /readyz, says why.',
  )
}

/** Where the index cannot be read. */
export function troublePage(trouble: string | undefined): Message {
  return message(
    'The index cannot be read at the moment',
    trouble ?? 'It is made from the journal, which is not touched by this. Try again in a moment.',
  )
}

/** For an export while another is under way. */
export function busyPage(): Message {
  return message(
    'Another export is being made',
    'There is one at a time, until it is read to its end, so that calls do not wait. Try again in a moment, or use sallyport audit export.',
  )
}

/** For what is not there, or not for this method. */
export function notFoundPage(): Message {
  return message('There is no such page', 'Look for the call by what you know of it.')
}

/** For a call that the journal does not have. */
export function noCallPage(): Message {
  return message(
    'There is no such call',
    'No decision with this id is in the journal of this replica. Each replica has a journal of its own, and retention may have removed it.',
  )
}

function message(title: string, text: string): Message {
  return {
    title,
    main: html`<div class="message">
      <h1>${title}</h1>
      <p>${text}</p>
      <p><a href="/review">To the calls</a></p>
    </div>`,
  }
}
