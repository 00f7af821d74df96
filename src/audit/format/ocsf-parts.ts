import type { RecordedEntry } from '../../core/recorded-call.ts'
import { refusals, type RefusalCode } from '../../core/refusal.ts'
import { textOf } from '../entry-facts.ts'
import type { OcsfClass } from './ocsf-class.ts'

/** Attributes of an OCSF event or object. Those that are undefined are left out. */
export type Attributes = Readonly<Record<string, unknown>>

/** What an entry becomes, before what all events have is added. */
export interface OcsfEvent {
  readonly ocsfClass: OcsfClass
  readonly activity: number
  /** Where the activity is one that OCSF has no number for. */
  readonly activityName?: string | undefined
  readonly message: string
  readonly attributes: Attributes
  /** Fields of the entry whose very values are in the attributes; all others go into `unmapped` as well. */
  readonly mapped: readonly string[]
}

/** An object without its absent attributes, or undefined where none is left. */
export function present(attributes: Attributes): Attributes | undefined {
  const kept = Object.entries(attributes).filter(([, value]) => value !== undefined)
  return kept.length > 0 ? Object.fromEntries(kept) : undefined
}

/** How something ended, as OCSF says it. */
export const statuses = {
  unknown: { status_id: 0, status: 'Unknown' },
  success: { status_id: 1, status: 'Success' },
  failure: { status_id: 2, status: 'Failure' },
  cancelled: { status_id: 99, status: 'Cancelled' },
} as const

/** What Sallyport did about it, as the profile `security_control` says it. */
export const controls = {
  allowed: control(1, 'Allowed', 1, 'Allowed'),
  blocked: control(2, 'Denied', 2, 'Blocked'),
  unauthorized: control(2, 'Denied', 26, 'Unauthorized'),
  error: control(2, 'Denied', 27, 'Error'),
} as const

function control(actionId: number, action: string, dispositionId: number, disposition: string) {
  return { action_id: actionId, action, disposition_id: dispositionId, disposition }
}

/** Whether a code says that there is no verified token: it is bad, or nobody could check it. */
export function isOfToken(code: string | undefined): boolean {
  return statusOf(code) === 'UNAUTHENTICATED' || code === 'keys_unavailable'
}

/** What Sallyport did where it refused with a code. */
export function refusalControl(code: string | undefined) {
  const status = statusOf(code)
  if (status === 'UNAVAILABLE') return controls.error
  return status === 'UNAUTHENTICATED' ? controls.unauthorized : controls.blocked
}

function statusOf(code: string | undefined): string | undefined {
  if (code === undefined || !Object.hasOwn(refusals, code)) return undefined
  return refusals[code as RefusalCode].status
}

/** Somebody whom nobody has verified. */
export const unknownUser: Attributes = { name: 'unknown', type_id: 0, type: 'Unknown' }

/** Where it came from: the network address, or that nothing is known of it. */
export function sourceOf(entry: RecordedEntry): Attributes {
  const peer = textOf(entry, 'peer')
  return peer === undefined ? { name: 'unknown' } : { ip: peer }
}

/** Where it went to: this replica. */
export function destinationOf(entry: RecordedEntry): Attributes {
  return { svc_name: 'sallyport', hostname: textOf(entry, 'replica') }
}
