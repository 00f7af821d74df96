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

function namespaceObjections(method: Method, reading: Reading): Objection[] {
  if (method.scope === 'cluster') return []
  const namespace = textAt(reading, 'namespace')
  if (namespace === '') {
    return [{ code: 'namespace_missing', detail: 'the request names no namespace' }]
  }
  for (const field of ['id', 'namespace_id']) {
    if (textAt(reading, field) === '') continue
    return [{ code: 'namespace_missing', detail: `the request names a namespace by ${field}` }]
  }
  const other = innerNamespaces(reading, 0).find((inner) => inner !== '' && inner !== namespace)
  if (other === undefined) return []
  return [{ code: 'namespace_mismatch', detail: 'the request names another namespace inside' }]
}

/**
 * The namespaces below the top level, wherever the shape of the request has one. Not those of a workflow
 * task's commands: they are needs of their own, which a grant in the other namespace can cover.
 */
function innerNamespaces(reading: Reading, depth: number): string[] {
  return reading
    .entries()
    .toArray()
    .flatMap(([name, value]) => {
      if (name === 'commands') return []
      if (Array.isArray(value)) return value.flatMap((inner) => innerNamespaces(inner, depth + 1))
      if (value instanceof Map) return innerNamespaces(value, depth + 1)
      return depth > 0 && name === 'namespace' && typeof value === 'string' ? [value] : []
    })
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
  const operations = [
    ...messagesAt(reading, 'operations'),
    ...messagesAt(reset, 'post_reset_operations'),
  ]
  return operations.some((operation) => operation.size === 0)
}

function carriesCallbacks(reading: Reading): boolean {
  if (isSet(reading, 'completion_callbacks')) return true
  return reading
    .values()
    .some((value) =>
      Array.isArray(value)
        ? value.some(carriesCallbacks)
        : value instanceof Map && carriesCallbacks(value),
    )
}

/** Workflows and queues of the server's own may be looked at, never acted on. */
function systemNameObjections(method: Method, reading: Reading): Objection[] {
  if (method.access === 'read' && !method.verbs.includes('query')) return []
  if (!namesSystem(reading)) return []
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
  return reading.entries().some(([field, value]) => {
    if (typeof value === 'string') return namingFields.has(field) && isSystemName(value)
    if (Array.isArray(value)) return value.some(namesSystem)
    return value instanceof Map && namesSystem(value)
  })
}
