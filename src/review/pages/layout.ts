import { html, markupOf, type Html } from '../html.ts'
import type { Reviewer } from '../reviewer.ts'
import { shown } from './shown.ts'

/** One page, around which every page has the same. */
export interface PageParts {
  readonly title: string
  /** Undefined where nobody is known to look. */
  readonly reviewer: Reviewer | undefined
  /** The section that the page belongs to. */
  readonly section?: Section | undefined
  readonly main: Html
}

type Section = 'calls' | 'live' | 'verify' | 'sign-off'

const sections: readonly { readonly section: Section; readonly path: string; label: string }[] = [
  { section: 'calls', path: '/review', label: 'Calls' },
  { section: 'live', path: '/review/live', label: 'Live' },
  { section: 'verify', path: '/review/verify', label: 'Verify' },
  { section: 'sign-off', path: '/review/sign-off', label: 'Sign off' },
]

/** A door between two walls, for the tab. Data, so that nothing more is to be fetched. */
const icon =
  'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22 viewBox=%220 0 16 16%22%3E%3Crect width=%2216%22 height=%2216%22 rx=%223%22 fill=%22%231f4e79%22/%3E%3Cpath d=%22M4 13V7a4 4 0 0 1 8 0v6z%22 fill=%22%23fff%22/%3E%3C/svg%3E'

/** The whole document, as it is sent. */
export function pageText({ title, reviewer, section, main }: PageParts): string {
  return markupOf(
    html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          <title>${title} · Sallyport audit review</title>
          <link rel="icon" href="${icon}" />
          <link rel="stylesheet" href="/review/style.css" />
          <script src="/review/script.js" defer></script>
        </head>
        <body>
          <a class="skip" href="#main">Skip to the content</a>
          <header>
            <p class="brand">Sallyport <span>audit review</span></p>
            ${reviewer && navigation(section)} ${reviewer && whoLooks(reviewer)}
          </header>
          <main id="main" tabindex="-1">${main}</main>
          <footer>
            <p>All times are in UTC. What is looked at here is recorded in the journal itself.</p>
          </footer>
        </body>
      </html> `,
  )
}

/** The field that a form sends back, so that the server knows it for one of its own. */
export function formToken(reviewer: Reviewer): Html {
  return html`<input type="hidden" name="form_token" value="${reviewer.formToken}" />`
}

function navigation(current: Section | undefined): Html {
  const items = sections.map(
    ({ section, path, label }) =>
      html`<li>
        <a href="${path}" ${section === current && html` aria-current="page"`}>${label}</a>
      </li>`,
  )
  return html`<nav aria-label="Sections">
    <ul>
      ${items}
    </ul>
  </nav>`
}

function whoLooks(reviewer: Reviewer): Html {
  if (reviewer.via === 'loopback') return html`<p class="who">From this machine</p>`
  return html`<form class="who" method="post" action="/review/logout">
    ${formToken(reviewer)}
    <span>${shown(reviewer.name)}</span> <button class="quiet">Log out</button>
  </form>`
}
