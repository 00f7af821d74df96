import type { Objection } from '../core/call.ts'
import type { Method } from '../core/method.ts'
import { batchOperations } from './hidden-calls.ts'
import { isSystemName } from './needs.ts'
import { isSet, messageAt, messagesAt, textAt, type Reading } from './reading.ts'

/** What in a request no grant makes acceptable, the gravest first. */
export function objectionsTo(method: Method, reading: Reading): readonly Objection[] {
  return [
    ...namespaceObjections(method, reading),
    ...hiddenObjections(method, reading),
    ...systemNameObjections(method, reading),
  ]
}

/** What most requests have. */
const none: readonly Objection[] = []

function namespaceObjections(method: Method, reading: Reading): readonly Objection[] {
  if (method.scope === 'cluster') return none
  const namespace = textAt(reading, 'namespace')
  if (namespace === '') {
    return [{ code: 'namespace_missing', detail: 'the request names no namespace' }]
  }
  for (const field of ['id', 'namespace_id']) {
    if (textAt(reading, field) === '') continue
    return [{ code: 'namespace_missing', detail: `the request names a namespace by ${field}` }]
  }
  if (!namesOther(reading, namespace, 0)) return none
  return [{ code: 'namespace_mismatch', detail: 'the request names another namespace inside' }]
}

/**
 * Whether a namespace below the top level, wherever the shape of the request has one, is another. Not those
 * of a workflow task's commands: they are needs of their own, which a grant in the other namespace can cover.
 */
function namesOther(reading: Reading, namespace: string, depth: number): boolean {
  for (const [name, value] of reading) {
    if (typeof value === 'string') {
      if (depth > 0 && name === 'namespace' && value !== '' && value !== namespace) return true
    } else if (name === 'commands') continue
    else if (Array.isArray(value)) {
      if (value.some((inner) => namesOther(inner, namespace, depth + 1))) return true
    } else if (value instanceof Map && namesOther(value, namespace, depth + 1)) return true
  }
  return false
}

function hiddenObjections(method: Method, reading: Reading): Objection[] {
  const details: string[] = []
  if (carriesCallbacks(reading)) details.push('completion callbacks make the server call a URL')
  if (method.name === 'StartBatchOperation' && batchOperations(reading).length === 0) {
    details.push('the batch carries no operation that is known')
  }
  if (carriesUnknownOperation(reading)) {
    details.push('the request carries an operation that is not known')
  }
  return details.map((detail) => ({ code: 'nested_call_refused', detail }))
}

/** An operation of a kind that is newer than this table reads as an empty message. */
function carriesUnknownOperation(reading: Reading): boolean {
  const reset = messageAt(reading, 'reset_operation') ?? reading
  const isUnknown = (operation: Reading) => operation.size === 0
  return (
    messagesAt(reading, 'operations').some(isUnknown) ||
    messagesAt(reset, 'post_reset_operations').some(isUnknown)
  )
}

function carriesCallbacks(reading: Reading): boolean {
  if (isSet(reading, 'completion_callbacks')) return true
  for (const value of reading.values()) {
    if (typeof value !== 'object') continue
    if (Array.isArray(value) ? value.some(carriesCallbacks) : carriesCallbacks(value)) return true
  }
  return false
}

/** Workflows and queues of the server's own may be looked at, never acted on. */
function systemNameObjections(method: Method, reading: Reading): readonly Objection[] {
  if (method.access === 'read' && !method.verbs.includes('query')) return none
  if (!namesSystem(reading)) return none
  const detail = 'the request names a workflow or queue of the server itself'
  return [{ code: 'nested_call_refused', detail }]
}

/** Fields whose value may name something of the server's own. */
const namingFields: ReadonlySet<string> = new Set([
  'workflow_id',
  'business_id',
  'name',
  'normal_name',
  'task_queue',
])

function namesSystem(reading: Reading): boolean {
  for (const [field, value] of reading) {
    if (typeof value === 'string') {
      if (isSystemName(value) && namingFields.has(field)) return true
    } else if (typeof value !== 'object') continue
    else if (Array.isArray(value) ? value.some(namesSystem) : namesSystem(value)) return true
  }
  return false
}
