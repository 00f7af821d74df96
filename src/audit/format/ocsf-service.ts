import type { RecordedEntry } from '../../core/recorded-call.ts'
import { numberOf, textOf } from '../entry-facts.ts'
import { apiActivity, applicationLifecycle, entityManagement } from './ocsf-class.ts'
import {
  destinationOf,
  present,
  sourceOf,
  statuses,
  type Attributes,
  type OcsfEvent,
} from './ocsf-parts.ts'

const [update, remove, activate] = [3, 4, 10]

/** Another policy, or one that was not taken. */
export function policyChange(entry: RecordedEntry): OcsfEvent {
  const isTaken = entry['outcome'] === 'allowed'
  const uid = textOf(entry, 'policy_hash')
  const refused = textOf(entry, 'refused_policy_hash')
  return {
    ocsfClass: entityManagement,
    activity: update,
    message: isTaken ? 'another policy takes effect' : 'a policy was not taken; the old one stays',
    attributes: {
      ...(isTaken ? statuses.success : statuses.failure),
      entity: {
        type_id: 5,
        type: 'Policy',
        name: 'policy',
        uid: isTaken ? textOf(entry, 'previous_policy_hash') : uid,
      },
      entity_result: present({
        type_id: 5,
        type: 'Policy',
        name: 'policy',
        uid: isTaken ? uid : refused,
      }),
    },
    mapped: [],
  }
}

/** Keys of an issuer that came or went, or could not be fetched. */
export function issuerKeys(entry: RecordedEntry): OcsfEvent {
  const isFetched = entry['outcome'] === 'allowed'
  const issuer = textOf(entry, 'issuer') ?? 'unknown'
  return {
    ocsfClass: entityManagement,
    activity: update,
    message: `the keys of the issuer ${issuer} ${isFetched ? 'were fetched' : 'could not be fetched'}`,
    attributes: {
      ...(isFetched ? statuses.success : statuses.failure),
      status_detail: textOf(entry, 'detail'),
      entity: other('Key set', issuer),
    },
    mapped: ['issuer', 'detail'],
  }
}

/** The key that signs checkpoints from here on. */
export function signingKey(entry: RecordedEntry): OcsfEvent {
  const uid = textOf(entry, 'key')
  return {
    ocsfClass: entityManagement,
    activity: activate,
    message: 'checkpoints are signed with another key from here on',
    attributes: { ...statuses.success, entity: { ...other('Signing key', 'checkpoints'), uid } },
    mapped: ['key'],
  }
}

/** Files that are about to be removed because of their age. */
export function retention(entry: RecordedEntry): OcsfEvent {
  const through = numberOf(entry, 'removed_through_seq')
  return {
    ocsfClass: entityManagement,
    activity: remove,
    message: `entries up to ${through} are removed because of their age`,
    attributes: { ...statuses.success, entity: other('Journal', 'segments') },
    mapped: [],
  }
}

function other(type: string, name: string): Attributes {
  return { type_id: 99, type, name }
}

/** Beginning, end and checkpoints of the process; and whatever an older version does not know. */
export function lifecycle(entry: RecordedEntry): OcsfEvent {
  const kind = textOf(entry, 'kind')
  const { activity, message } = stages.get(kind ?? '') ?? { activity: 99, message: `${kind}` }
  return {
    ocsfClass: applicationLifecycle,
    activity,
    activityName: activity === 99 ? kind : undefined,
    message,
    attributes: {
      ...statuses.success,
      app: present({
        name: 'Sallyport',
        uid: textOf(entry, 'replica'),
        version: textOf(entry, 'version'),
      }),
    },
    mapped: [],
  }
}

const stages: ReadonlyMap<string, { readonly activity: number; readonly message: string }> =
  new Map([
    ['start', { activity: 3, message: 'Sallyport starts' }],
    ['stop', { activity: 4, message: 'Sallyport stops' }],
    ['checkpoint', { activity: 99, message: 'the end of the journal was signed' }],
  ])

/** A reviewer who looked at the audit stream, or signed a period off. */
export function reviewerAction(entry: RecordedEntry): OcsfEvent {
  const action = textOf(entry, 'action') ?? 'unknown'
  return {
    ocsfClass: apiActivity,
    activity: action === 'sign_off' ? 1 : 2,
    message: action === 'sign_off' ? 'a reviewer signed off a period' : `a reviewer: ${action}`,
    attributes: {
      ...statuses.success,
      actor: {
        user: { name: textOf(entry, 'reviewer') ?? 'unknown' },
        session: present({ issuer: textOf(entry, 'issuer') }),
      },
      api: { operation: action, service: { name: 'Sallyport review page' } },
      src_endpoint: sourceOf(entry),
      dst_endpoint: destinationOf(entry),
    },
    mapped: ['action', 'reviewer', 'issuer', 'peer'],
  }
}
