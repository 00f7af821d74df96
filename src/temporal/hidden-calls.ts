import type { Need } from '../core/call.ts'
import type { Verb } from '../core/verb.ts'
import { isSet, messageAt, messagesAt, textAt, type Reading } from './reading.ts'

/** What a request carries besides itself, as needs of their own. */
export function hiddenNeeds(method: string, namespace: string, reading: Reading): readonly Need[] {
  switch (method) {
    case 'StartWorkflowExecution':
      return [...eagerWork(namespace, reading), ...terminationNeeds(namespace, reading)]
    case 'SignalWithStartWorkflowExecution':
      return terminationNeeds(namespace, reading)
    case 'ExecuteMultiOperation':
      return messagesAt(reading, 'operations').flatMap((operation) =>
        operationNeeds(namespace, operation),
      )
    case 'CreateSchedule':
    case 'UpdateSchedule':
      return startNeeds(namespace, messageAt(reading, 'schedule', 'action', 'start_workflow'))
    case 'PatchSchedule':
      return triggersSchedule(reading) ? startNeeds(namespace, undefined) : []
    case 'ResetWorkflowExecution':
      return postResetNeeds(
        namespace,
        reading,
        textAt(reading, 'workflow_execution', 'workflow_id'),
      )
    case 'StartBatchOperation':
      return batchNeeds(namespace, reading)
    case 'RespondWorkflowTaskCompleted':
      return messagesAt(reading, 'commands').flatMap((command) => commandNeeds(namespace, command))
    case 'UpdateActivityOptions':
    case 'UpdateActivityExecutionOptions':
      return reroutingNeeds(namespace, reading)
    default:
      return []
  }
}

/** A start of what a schedule or an operation names; what it does not show is the empty string, which no narrowing matches. */
function startNeeds(namespace: string, start: Reading | undefined): Need[] {
  const fields = {
    workflow_types: textAt(start, 'workflow_type', 'name'),
    task_queues: textAt(start, 'task_queue', 'name'),
    workflow_ids: textAt(start, 'workflow_id'),
  }
  return [{ namespace, verb: 'start', fields }, ...terminationNeeds(namespace, start)]
}

/** WORKFLOW_ID_REUSE_POLICY_TERMINATE_IF_RUNNING, which is deprecated and still works. */
const terminateIfRunning = 4

/** WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING. */
const terminateExisting = 3

/** A start may first terminate what runs under its workflow id, which can be of any type. */
function terminationNeeds(namespace: string, start: Reading | undefined): Need[] {
  const terminates =
    start?.get('workflow_id_reuse_policy') === terminateIfRunning ||
    start?.get('workflow_id_conflict_policy') === terminateExisting
  if (!terminates) return []
  return [{ namespace, verb: 'terminate', fields: { workflow_ids: textAt(start, 'workflow_id') } }]
}

/** Options may move an activity to another task queue, whose workers then run it. */
function reroutingNeeds(namespace: string, reading: Reading): Need[] {
  const queue = messageAt(reading, 'activity_options', 'task_queue')
  if (queue === undefined) return []
  const workflow_ids = textAt(reading, 'workflow_id') || textAt(reading, 'execution', 'workflow_id')
  const fields = { workflow_ids, task_queues: textAt(queue, 'name') }
  return [{ namespace, verb: 'control', fields }]
}

/** An eager start hands the first workflow task to the caller, who thereby works the queue. */
function eagerWork(namespace: string, start: Reading): Need[] {
  if (!isSet(start, 'request_eager_execution')) return []
  const fields = { task_queues: textAt(start, 'task_queue', 'name') }
  return [{ namespace, verb: 'work', fields }]
}

function operationNeeds(namespace: string, operation: Reading): Need[] {
  const start = messageAt(operation, 'start_workflow')
  const update = messageAt(operation, 'update_workflow')
  const needs: Need[] = []
  if (start) needs.push(...startNeeds(namespace, start), ...eagerWork(namespace, start))
  if (update) {
    const fields = {
      workflow_ids: textAt(update, 'workflow_execution', 'workflow_id'),
      handlers: textAt(update, 'request', 'input', 'name'),
    }
    needs.push({ namespace, verb: 'update', fields })
  }
  return needs
}

function triggersSchedule(reading: Reading): boolean {
  const patch = messageAt(reading, 'patch')
  return isSet(patch, 'trigger_immediately') || isSet(patch, 'backfill_request')
}

function postResetNeeds(namespace: string, holder: Reading, workflowId: string): Need[] {
  return messagesAt(holder, 'post_reset_operations').map((operation) => {
    const signal = messageAt(operation, 'signal_workflow')
    const fields = { workflow_ids: workflowId }
    return signal
      ? {
          namespace,
          verb: 'signal',
          fields: { ...fields, handlers: textAt(signal, 'signal_name') },
        }
      : { namespace, verb: 'control', fields }
  })
}

/**
 * What a workflow task's command asks of another namespace than its own. Within its own, a worker
 * decides what workflows do; elsewhere it needs what any other caller does.
 */
function commandNeeds(namespace: string, command: Reading): Need[] {
  const asked = (attributes: string) => {
    const message = messageAt(command, `${attributes}_command_attributes`)
    const other = textAt(message, 'namespace')
    return message && other !== '' && other !== namespace ? { message, other } : undefined
  }
  const start = asked('start_child_workflow_execution')
  const signal = asked('signal_external_workflow_execution')
  const cancel = asked('request_cancel_external_workflow_execution')
  const needs: Need[] = []
  if (start) needs.push(...startNeeds(start.other, start.message))
  if (signal) {
    const workflow_ids = textAt(signal.message, 'execution', 'workflow_id')
    const handlers = textAt(signal.message, 'signal_name')
    needs.push({ namespace: signal.other, verb: 'signal', fields: { workflow_ids, handlers } })
  }
  if (cancel) {
    const workflow_ids = textAt(cancel.message, 'workflow_id')
    needs.push({ namespace: cancel.other, verb: 'cancel', fields: { workflow_ids } })
  }
  return needs
}

/** The verb of each operation that a batch can carry. A batch shows none of the fields it will touch. */
const batchVerbs: Readonly<Record<string, Verb>> = {
  termination_operation: 'terminate',
  signal_operation: 'signal',
  cancellation_operation: 'cancel',
  deletion_operation: 'delete',
  reset_operation: 'reset',
  update_workflow_options_operation: 'control',
  unpause_activities_operation: 'control',
  reset_activities_operation: 'reset',
  update_activity_options_operation: 'control',
  cancel_activities_operation: 'cancel',
  terminate_activities_operation: 'terminate',
  delete_activities_operation: 'delete',
}

function batchNeeds(namespace: string, reading: Reading): Need[] {
  const reset = messageAt(reading, 'reset_operation')
  return [
    ...Object.entries(batchVerbs).flatMap(([name, verb]) =>
      reading.has(name) ? [{ namespace, verb, fields: {} }] : [],
    ),
    ...(reset ? postResetNeeds(namespace, reset, '') : []),
  ]
}

/** The operations, by field name, that a batch carries and that this version knows. */
export function batchOperations(reading: Reading): string[] {
  return Object.keys(batchVerbs).filter((name) => reading.has(name))
}
