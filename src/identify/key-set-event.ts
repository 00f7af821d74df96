import type { KeysFetched, KeysNotFetched } from '../core/issuer-keys-entry.ts'
import type { Logger } from '../log.ts'

/** What became known about an issuer: its keys, and claims that are not as its table says. */
export type KeySetEvent =
  | KeysFetched
  | KeysNotFetched
  | { readonly kind: 'key_added'; readonly issuer: string; readonly kid: string }
  | { readonly kind: 'key_withdrawn'; readonly issuer: string; readonly kid: string }
  | { readonly kind: 'claim_unknown'; readonly issuer: string; readonly claim: string }
  | { readonly kind: 'claim_mistyped'; readonly issuer: string; readonly claim: string }

/** Writes an event to the log, as loud as somebody should look at it. */
export function logKeySetEvent(log: Logger, event: KeySetEvent): void {
  const { kind: _, ...facts } = event
  switch (event.kind) {
    // Each key that came or went has a line of its own.
    case 'keys_fetched':
      return log.debug({ issuer: event.issuer, keys: event.keys }, 'keys fetched')
    case 'key_added':
      return log.info(facts, 'key added')
    case 'key_withdrawn':
      return log.info(facts, 'key withdrawn: tokens that it signed are no longer accepted')
    case 'fetch_failed':
      return log.warn({ issuer: event.issuer, detail: event.detail }, 'keys not fetched')
    case 'claim_unknown':
      return log.warn(facts, 'the issuer changed: it signs a claim that is not in its table')
    case 'claim_mistyped':
      return log.warn(
        facts,
        'the issuer changed: a claim has another JSON type than its table says',
      )
  }
}
