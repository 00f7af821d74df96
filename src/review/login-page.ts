import type { FastifyReply } from 'fastify'
import { html, markupOf } from './html.ts'

/** What nobody may keep, frame, run scripts in, or learn the address of. */
const headers = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

/** Sets the headers of every answer about logins. A callback's address carries a code. */
export function protectReply(reply: FastifyReply): FastifyReply {
  return reply.headers(headers)
}

/** Answers with a sentence and a link to log in. */
export function sendLoginPage(
  reply: FastifyReply,
  page: { readonly status: number; readonly title: string; readonly words: string },
): FastifyReply {
  const { status, title, words } = page
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Sallyport</title>
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          <p>${words.charAt(0).toUpperCase()}${words.slice(1)}.</p>
          <p><a href="/review/login">Log in</a></p>
        </main>
      </body>
    </html> `
  return protectReply(reply).code(status).type('text/html; charset=utf-8').send(markupOf(document))
}
