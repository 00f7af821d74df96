import type { IncomingHttpHeaders } from 'node:http'

/**
 * Whether another site made a browser ask. A page elsewhere may link here, and that is all: it cannot
 * send forms, nor load what is here into itself. <https://www.w3.org/TR/fetch-metadata/>
 */
export function isForeign(method: string, headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site']
  const isReading = method === 'GET' || method === 'HEAD'
  if (site === undefined) return !isReading && !hasOwnOrigin(headers)
  if (site === 'same-origin') return false
  if (!isReading) return true
  if (site === 'none') return false
  return headers['sec-fetch-mode'] !== 'navigate' || headers['sec-fetch-dest'] !== 'document'
}

/** For browsers that do not say more: they name the origin of every form that they send. */
function hasOwnOrigin({ origin, host }: IncomingHttpHeaders): boolean {
  if (origin === undefined || host === undefined || !URL.canParse(origin)) return false
  return new URL(origin).host === host
}
