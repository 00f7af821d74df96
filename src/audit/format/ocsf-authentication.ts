import type { RecordedEntry } from '../../core/recorded-call.ts'
import { numberOf, objectOf, textOf, timeOf } from '../entry-facts.ts'
import { apiActivity, authentication } from './ocsf-class.ts'
import {
  controls,
  destinationOf,
  isOfToken,
  present,
  refusalControl,
  sourceOf,
  statuses,
  unknownUser,
  type Attributes,
  type OcsfEvent,
} from './ocsf-parts.ts'

const [logon, logoff] = [1, 2]

const openId = { auth_protocol_id: 4, auth_protocol: 'OpenID' }

const service = { name: 'Sallyport' }

/** A token that was seen for the first time, and that holds. */
export function introducedToken(entry: RecordedEntry): OcsfEvent {
  return {
    ocsfClass: authentication,
    activity: logon,
    message: `a token of ${textOf(entry, 'issuer')} was verified`,
    attributes: {
      ...openId,
      ...controls.allowed,
      ...statuses.success,
      user: {
        name: textOf(entry, 'principal') ?? 'unknown',
        uid: textOf(entry, 'subject'),
        ...userTypes.get(textOf(entry, 'identity_kind') ?? ''),
      },
      session: present({
        uid: textOf(entry, 'token_sha256'),
        issuer: textOf(entry, 'issuer'),
        expiration_time: timeOf(entry, 'expires'),
      }),
      service,
      dst_endpoint: destinationOf(entry),
    },
    mapped: ['principal', 'subject', 'token_sha256', 'issuer'],
  }
}

const userTypes: ReadonlyMap<string, Attributes> = new Map([
  ['machine', { type_id: 4, type: 'Service' }],
  ['person', { type_id: 1, type: 'User' }],
  ['agent', { type_id: 99, type: 'Agent' }],
])

/** A call that was refused because its caller has no verified token. */
export function refusedToken(entry: RecordedEntry): OcsfEvent {
  const code = textOf(entry, 'code')
  return {
    ocsfClass: authentication,
    activity: logon,
    message: `a caller without a verified token was refused: ${code}`,
    attributes: {
      ...openId,
      ...refusalControl(code),
      ...statuses.failure,
      status_code: code,
      status_detail: textOf(entry, 'detail'),
      user: unknownUser,
      service,
      src_endpoint: sourceOf(entry),
      dst_endpoint: destinationOf(entry),
    },
    mapped: ['code', 'detail', 'peer'],
  }
}

/** Refusals that were counted because there were too many to have entries of their own. */
export function refusedMany(entry: RecordedEntry): OcsfEvent {
  const code = textOf(entry, 'code')
  const count = numberOf(entry, 'count')
  const peers = Object.keys(objectOf(entry, 'peers'))
  const hasOthers = (numberOf(entry, 'other_peers') ?? 0) > 0
  const shared = {
    message: `${count} calls without a verified token were refused: ${code}`,
    mapped: ['code', 'count'],
  }
  const attributes = {
    ...refusalControl(code),
    ...statuses.failure,
    status_code: code,
    count,
    start_time: timeOf(entry, 'first_time'),
    end_time: timeOf(entry, 'last_time'),
    src_endpoint: peers.length === 1 && !hasOthers ? { ip: peers[0] } : { name: 'several' },
    dst_endpoint: destinationOf(entry),
  }
  if (!isOfToken(code)) {
    const actor = { user: unknownUser }
    const api = { operation: 'unknown' }
    return {
      ...shared,
      ocsfClass: apiActivity,
      activity: 0,
      attributes: { ...attributes, actor, api },
    }
  }
  return {
    ...shared,
    ocsfClass: authentication,
    activity: logon,
    attributes: { ...openId, ...attributes, user: unknownUser, service },
  }
}

/** A person who logged in to the review page, was not let in, or left. */
export function reviewerLogin(entry: RecordedEntry): OcsfEvent {
  const isRefused = entry['action'] === 'login_refused'
  const isLogout = entry['action'] === 'logout'
  return {
    ocsfClass: authentication,
    activity: isLogout ? logoff : logon,
    message: isLogout
      ? 'a reviewer logged out'
      : `a reviewer ${isRefused ? 'was not let' : 'logged'} in`,
    attributes: {
      ...openId,
      ...(isRefused ? controls.unauthorized : controls.allowed),
      ...(isRefused ? statuses.failure : statuses.success),
      user: { name: textOf(entry, 'reviewer') ?? 'unknown' },
      session: present({ issuer: textOf(entry, 'issuer') }),
      service: { name: 'Sallyport review page' },
      src_endpoint: sourceOf(entry),
      dst_endpoint: destinationOf(entry),
    },
    mapped: ['reviewer', 'issuer', 'peer'],
  }
}
