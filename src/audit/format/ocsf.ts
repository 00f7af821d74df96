import { hash } from 'node:crypto'
import type { RecordedEntry } from '../../core/recorded-call.ts'
import { isDecision, isWholeCall, numberOf, textOf, timeOf } from '../entry-facts.ts'
import { introducedToken, refusedMany, refusedToken, reviewerLogin } from './ocsf-authentication.ts'
import { completedCall, decidedCall } from './ocsf-call.ts'
import { classification, ocsfVersion } from './ocsf-class.ts'
import { isOfToken, present, type Attributes, type OcsfEvent } from './ocsf-parts.ts'
import {
  issuerKeys,
  lifecycle,
  policyChange,
  retention,
  reviewerAction,
  signingKey,
} from './ocsf-service.ts'
import { severityOf } from './ocsf-severity.ts'

/** Fields that every event has a place for. */
const alwaysMapped = ['id', 'seq', 'time', 'kind', 'decision_id', 'replica', 'version']

/**
 * An entry as an event of OCSF 1.8. It is total: whatever stands in a journal becomes a valid event, since an
 * export may not stop at an entry. With the entry's line, the event has its digest, which is what the next
 * entry's `prev` says, so that the chain can be followed in the copy.
 */
export function ocsfOf(entry: RecordedEntry, line?: string): Attributes {
  const event = eventOf(entry)
  const known = new Set([...alwaysMapped, ...event.mapped])
  const rest = Object.entries(entry).filter(([name]) => !known.has(name))
  const hasControl = event.attributes['action_id'] !== undefined
  return {
    ...classification(event.ocsfClass, event.activity, event.activityName),
    ...severityOf(entry),
    time: timeOf(entry) ?? 0,
    message: event.message,
    metadata: {
      version: ocsfVersion,
      product: {
        name: 'Sallyport',
        vendor_name: 'Sallyport',
        version: textOf(entry, 'version'),
      },
      profiles: hasControl ? ['security_control'] : [],
      uid: textOf(entry, 'id'),
      sequence: numberOf(entry, 'seq'),
      correlation_uid: textOf(entry, 'decision_id'),
      event_code: textOf(entry, 'kind'),
      log_name: 'audit',
      log_provider: textOf(entry, 'replica'),
      original_time: textOf(entry, 'time'),
    },
    ...event.attributes,
    ...(line !== undefined && {
      raw_data_hash: { algorithm_id: 3, algorithm: 'SHA-256', value: hash('sha256', line) },
      raw_data_size: Buffer.byteLength(line),
    }),
    unmapped: present(Object.fromEntries(rest)),
  }
}

const kinds: ReadonlyMap<string, (entry: RecordedEntry) => OcsfEvent> = new Map([
  ['identity', introducedToken],
  ['refusals', refusedMany],
  ['policy', policyChange],
  ['issuer_keys', issuerKeys],
  ['signing_key', signingKey],
  ['retention', retention],
])

function eventOf(entry: RecordedEntry): OcsfEvent {
  if (isDecision(entry)) {
    const isUnverified = textOf(entry, 'token_sha256') === undefined && !isWholeCall(entry)
    return isUnverified && isOfToken(textOf(entry, 'code'))
      ? refusedToken(entry)
      : decidedCall(entry)
  }
  const kind = textOf(entry, 'kind') ?? ''
  if (kind === 'completion') return completedCall(entry)
  if (kind === 'review') {
    const isLogin = /^log(in|in_refused|out)$/.test(textOf(entry, 'action') ?? '')
    return isLogin ? reviewerLogin(entry) : reviewerAction(entry)
  }
  return (kinds.get(kind) ?? lifecycle)(entry)
}
