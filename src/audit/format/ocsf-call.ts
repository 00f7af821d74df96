import type { RecordedEntry } from '../../core/recorded-call.ts'
import { statusCodes } from '../../core/status.ts'
import { isWholeCall, numberOf, textOf, textsOf } from '../entry-facts.ts'
import { activityOf } from './ocsf-activity.ts'
import { apiActivity } from './ocsf-class.ts'
import {
  controls,
  destinationOf,
  present,
  refusalControl,
  sourceOf,
  statuses,
  unknownUser,
  type Attributes,
  type OcsfEvent,
} from './ocsf-parts.ts'

/** A call that was decided on, and where the entry has it, how the call ended. */
export function decidedCall(entry: RecordedEntry): OcsfEvent {
  const method = textOf(entry, 'method')
  const verbs = textsOf(entry, 'verbs')
  const isEnd = isWholeCall(entry)
  const isAllowed = isEnd || entry['outcome'] === 'allowed'
  const activity = activityOf(verbs, method ?? '')
  return {
    ocsfClass: apiActivity,
    activity,
    activityName: activity === 99 ? verbs.join(', ') : undefined,
    message: decidedWords(entry, isAllowed),
    attributes: {
      ...(isAllowed ? controls.allowed : refusalControl(textOf(entry, 'code'))),
      ...(isEnd ? endOf(entry) : decisionStatus(entry, isAllowed)),
      actor: actorOf(entry),
      api: apiOf(entry),
      src_endpoint: sourceOf(entry),
      dst_endpoint: destinationOf(entry),
      resources: resourcesOf(entry),
      policy: present({ name: textOf(entry, 'rule'), uid: textOf(entry, 'policy_hash') }),
    },
    mapped: callFields,
  }
}

/** Fields of calls that the attributes have in full. */
const callFields = [
  'code',
  'detail',
  'service',
  'method',
  'namespace',
  'workflow_id',
  'task_queue',
  'principal',
  'issuer',
  'user_id',
  'user_login',
  'token_sha256',
  'rule',
  'policy_hash',
  'peer',
  'grpc_status',
] as const

/**
 * How a forwarded call ended. The entry alone does not say who called what, and a conversion of one entry
 * must always come to the same: the decision is found by `metadata.correlation_uid`.
 */
export function completedCall(entry: RecordedEntry): OcsfEvent {
  const decisionId = textOf(entry, 'decision_id')
  return {
    ocsfClass: apiActivity,
    activity: 99,
    activityName: 'Completion',
    message: `a forwarded call ended: ${textOf(entry, 'outcome')}`,
    attributes: {
      ...endOf(entry),
      actor: { app_name: 'Sallyport', app_uid: textOf(entry, 'replica') },
      api: {
        operation: 'completion',
        request: decisionId === undefined ? undefined : { uid: decisionId },
        response: responseOf(entry),
      },
      src_endpoint: destinationOf(entry),
    },
    mapped: ['code', 'detail', 'grpc_status'],
  }
}

function decidedWords(entry: RecordedEntry, isAllowed: boolean): string {
  const what = textOf(entry, 'method') ?? 'an unknown method'
  const namespace = textOf(entry, 'namespace')
  const where = namespace === undefined ? what : `${what} in ${namespace}`
  if (!isAllowed) return `${where} refused: ${textOf(entry, 'code')}`
  const rule = textOf(entry, 'rule')
  return rule === undefined ? `${where} allowed` : `${where} allowed by the rule ${rule}`
}

/** Of a call that was allowed nobody knows yet how it will end. */
function decisionStatus(entry: RecordedEntry, isAllowed: boolean): Attributes {
  if (isAllowed) return statuses.unknown
  const [status_code, status_detail] = [textOf(entry, 'code'), textOf(entry, 'detail')]
  return { ...statuses.failure, status_code, status_detail }
}

function endOf(entry: RecordedEntry): Attributes {
  const { outcome } = entry
  const duration = numberOf(entry, 'duration_ms')
  const status = numberOf(entry, 'grpc_status')
  return {
    ...endStatus(outcome),
    status_code: textOf(entry, 'code') ?? statusNames.get(status),
    status_detail: textOf(entry, 'detail'),
    // OCSF counts whole milliseconds; the exact number is in `unmapped`.
    duration: duration === undefined ? undefined : Math.round(duration),
  }
}

function endStatus(outcome: unknown): Attributes {
  if (outcome === 'completed') return statuses.success
  if (outcome === 'failed') return statuses.failure
  return outcome === 'cancelled' ? statuses.cancelled : statuses.unknown
}

const statusNames: ReadonlyMap<number | undefined, string> = new Map(
  Object.entries(statusCodes).map(([name, number]) => [number, name]),
)

function responseOf(entry: RecordedEntry): Attributes | undefined {
  const status = numberOf(entry, 'grpc_status')
  return Number.isInteger(status) ? { code: status, message: statusNames.get(status) } : undefined
}

function apiOf(entry: RecordedEntry): Attributes {
  const decisionId = textOf(entry, 'decision_id')
  const service = textOf(entry, 'service')
  return {
    operation: textOf(entry, 'method') ?? 'unknown',
    service: service === undefined ? undefined : { name: service },
    request: decisionId === undefined ? undefined : { uid: decisionId },
    response: responseOf(entry),
  }
}

/** The job that called, the person that it runs for, and the token that it showed. */
function actorOf(entry: RecordedEntry): Attributes {
  const principal = textOf(entry, 'principal')
  if (principal === undefined) return { user: unknownUser }
  const account = present({ name: textOf(entry, 'user_login'), uid: textOf(entry, 'user_id') })
  return {
    user: { name: principal, account },
    session: present({ uid: textOf(entry, 'token_sha256'), issuer: textOf(entry, 'issuer') }),
  }
}

function resourcesOf(entry: RecordedEntry): readonly Attributes[] | undefined {
  const namespace = textOf(entry, 'namespace')
  const named = [
    ['namespace', namespace],
    ['workflow', textOf(entry, 'workflow_id')],
    ['task queue', textOf(entry, 'task_queue')],
  ].flatMap(([type, name]) => {
    if (name === undefined) return []
    return [{ type, name, ...(type !== 'namespace' && namespace !== undefined && { namespace }) }]
  })
  return named.length > 0 ? named : undefined
}
