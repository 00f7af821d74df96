import type { CallFacts, NarrowedField, Need } from '../core/call.ts'
import type { Method } from '../core/method.ts'
import { hiddenNeeds } from './hidden-calls.ts'
import { isSet, messageAt, messagesAt, textAt, type Reading } from './reading.ts'
import type { Verb } from '../core/verb.ts'
import { rememberEach } from '../core/remember-each.ts'
import type { Shape } from './shape.ts'

type Fields = Need['fields']

/** Value of TaskQueueKind that marks a worker's own queue. */
const stickyQueueKind = 2

/** Every SDK ends the name of a worker's own queue with a UUID, with or without dashes. */
const workerQueueName = /[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/i

/** Everything that a call needs to be allowed: its method's verbs, then those of what it hides. */
export function needsOf(method: Method, shape: Shape, reading: Reading): readonly Need[] {
  const namespace = textAt(reading, 'namespace')
  const own = ownNeeds(method, namespace, shape, reading)
  const hidden = hiddenNeeds(method.name, namespace, reading)
  return hidden.length === 0 ? own : [...own, ...hidden]
}

function ownNeeds(method: Method, namespace: string, shape: Shape, reading: Reading): Need[] {
  // Every verified caller may learn what the server can do: no client connects without it.
  if (method.name === 'GetSystemInfo') return []
  // What it needs is what its operations need; without any, its own verbs keep it from being free.
  if (messagesAt(reading, 'operations').length > 0) return []
  const heartbeats = heartbeatNeeds(namespace, reading)
  if (method.name === 'RecordWorkerHeartbeat') {
    if (heartbeats.length > 0) return heartbeats
    return [{ namespace, verb: 'work', fields: { task_queues: '' } }]
  }
  const fields = fieldsOf(shape, reading)
  // Under any narrowing: a task token can only come from a poll that was inside it.
  const unnarrowed = isSet(reading, 'task_token')
  const own = method.verbs.map((verb): Need =>
    unnarrowed || verb === 'connect'
      ? { namespace, verb, fields, unnarrowed: true }
      : { namespace, verb, fields: fieldsOfVerb(method, verb, fields) },
  )
  return heartbeats.length === 0 ? own : [...own, ...heartbeats]
}

/**
 * What acts on something that is there already is narrowed by what names that thing. The type and queue
 * in the request are those of a start, which is a need of its own, and say nothing of what is there.
 */
function fieldsOfVerb(method: Method, verb: Verb, fields: Fields): Fields {
  const actsOnExisting = verb === 'signal' || method.name === 'UpdateSchedule'
  if (!actsOnExisting) return fields
  const { workflow_types: _, task_queues: __, ...naming } = fields
  return naming
}

/** Heartbeats report on workers, many at once: each must be on a queue that the caller may work. */
function heartbeatNeeds(namespace: string, reading: Reading): Need[] {
  if (!reading.has('worker_heartbeat')) return []
  const single = messageAt(reading, 'worker_heartbeat')
  const heartbeats = single ? [single] : messagesAt(reading, 'worker_heartbeat')
  const queues = new Set(heartbeats.map((heartbeat) => textAt(heartbeat, 'task_queue')))
  return [...queues].map((queue) => ({
    namespace,
    verb: 'work',
    fields: { task_queues: narrowable(queue) },
  }))
}

/** Where each field that a grant can be narrowed by stands in a request that has it. */
const fieldPaths: Readonly<Record<NarrowedField, readonly (readonly string[])[]>> = {
  workflow_ids: [
    ['workflow_id'],
    ['execution', 'workflow_id'],
    ['workflow_execution', 'workflow_id'],
    ['update_ref', 'workflow_execution', 'workflow_id'],
    // What is acted on is the schedule; the workflow that it starts is a need of its own.
    ['schedule_id'],
  ],
  workflow_types: [
    ['workflow_type', 'name'],
    ['schedule', 'action', 'start_workflow', 'workflow_type', 'name'],
  ],
  task_queues: [
    ['task_queue'],
    ['task_queue', 'name'],
    ['schedule', 'action', 'start_workflow', 'task_queue', 'name'],
  ],
  handlers: [['signal_name'], ['query', 'query_type'], ['request', 'input', 'name']],
}

type FieldPath = readonly [field: NarrowedField, path: readonly string[]]

/** Paths that each shape has, found when it is first read: shapes are few, and never change. */
const pathsIn = rememberEach((shape: Shape): readonly FieldPath[] => {
  const paths: FieldPath[] = []
  for (const field of Object.keys(fieldPaths) as NarrowedField[]) {
    const path = fieldPaths[field].find((candidate) => hasField(shape, candidate))
    if (path) paths.push([field, path])
  }
  return paths
})

function fieldsOf(shape: Shape, reading: Reading): Fields {
  const fields: Partial<Record<NarrowedField, string>> = {}
  for (const [field, path] of pathsIn(shape)) fields[field] = narrowable(textAt(reading, ...path))
  const queue = messageAt(reading, 'task_queue')
  if (queue?.get('kind') === stickyQueueKind) fields.task_queues = sharedQueueOf(queue)
  return fields
}

/**
 * A worker polls a queue of its own beside the shared one; its `normal_name` says which that is. The
 * server finds queues by name, whatever their kind: under the name of a shared queue, such a poll
 * would take that queue's tasks and only claim to be of another. So the name must be a worker's.
 */
function sharedQueueOf(queue: Reading): string {
  return workerQueueName.test(textAt(queue, 'name')) ? narrowable(textAt(queue, 'normal_name')) : ''
}

function hasField(shape: Shape, path: readonly string[]): boolean {
  const [name, ...rest] = path
  const field = shape.values().find((candidate) => candidate.name === name)
  if (field === undefined) return false
  if (rest.length === 0) return field.kind === 'string'
  return field.shape !== undefined && hasField(field.shape, rest)
}

/** Names that belong to the server's own workflows and queues; no narrowing reaches them. */
export function isSystemName(name: string): boolean {
  return name.startsWith('temporal-sys-') || name.startsWith('/_sys/')
}

function narrowable(value: string): string {
  return isSystemName(value) ? '' : value
}

/** What audit entries show of a request. */
export function factsOf(reading: Reading): CallFacts {
  const [operation] = messagesAt(reading, 'operations')
  const start =
    messageAt(operation, 'start_workflow') ??
    messageAt(reading, 'schedule', 'action', 'start_workflow') ??
    reading
  return {
    workflowId:
      textAt(start, 'workflow_id') ||
      textAt(reading, 'execution', 'workflow_id') ||
      textAt(reading, 'workflow_execution', 'workflow_id') ||
      textAt(reading, 'update_ref', 'workflow_execution', 'workflow_id'),
    workflowType: textAt(start, 'workflow_type', 'name'),
    taskQueue: textAt(start, 'task_queue', 'name') || textAt(start, 'task_queue'),
    requestId: textAt(reading, 'request_id') || textAt(start, 'request_id'),
  }
}
