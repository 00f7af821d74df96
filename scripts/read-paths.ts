/**
 * What Sallyport reads of a request, in the API's own field names. From these the shapes in
 * `src/temporal/request-shapes.ts` are generated, with the numbers of the API's descriptors.
 */

/** Read wherever a request has them at this place. `[]` marks a repeated message. */
export const commonPaths: readonly string[] = [
  'namespace',
  'workflow_id',
  'workflow_type.name',
  'task_queue',
  'task_queue.name',
  'execution.workflow_id',
  'workflow_execution.workflow_id',
  'update_ref.workflow_execution.workflow_id',
  'schedule_id',
  'signal_name',
  'query.query_type',
  'request.input.name',
  'request_id',
]

/** Read of single requests, because they address a namespace otherwise, or hide other operations. */
export const methodPaths: Readonly<Record<string, readonly string[]>> = {
  DescribeNamespace: ['id'],
  DeleteNamespace: ['namespace_id'],
  PollWorkflowTaskQueue: ['task_queue.kind', 'task_queue.normal_name'],
  PollNexusTaskQueue: ['worker_heartbeat[].task_queue'],
  RecordWorkerHeartbeat: ['worker_heartbeat[].task_queue'],
  ShutdownWorker: ['worker_heartbeat.task_queue'],
  UpdateActivityOptions: ['activity_options.task_queue.name'],
  UpdateActivityExecutionOptions: ['activity_options.task_queue.name'],
  RespondWorkflowTaskCompleted: [
    'task_token',
    'sticky_attributes.worker_task_queue.name',
    ...commandsToOthers(),
    ...commandsToQueues(),
  ],
  RespondWorkflowTaskFailed: ['task_token'],
  RespondQueryTaskCompleted: ['task_token'],
  RecordActivityTaskHeartbeat: ['task_token'],
  RespondActivityTaskCompleted: ['task_token'],
  RespondActivityTaskFailed: ['task_token'],
  RespondActivityTaskCanceled: ['task_token'],
  RespondNexusTaskCompleted: ['task_token'],
  RespondNexusTaskFailed: ['task_token'],
  ExecuteMultiOperation: [
    'operations[].start_workflow.workflow_id',
    'operations[].start_workflow.workflow_type.name',
    'operations[].start_workflow.task_queue.name',
    'operations[].start_workflow.request_id',
    'operations[].update_workflow.workflow_execution.workflow_id',
    'operations[].update_workflow.request.input.name',
  ],
  CreateSchedule: scheduledStart(),
  UpdateSchedule: scheduledStart(),
  PatchSchedule: ['patch.trigger_immediately', 'patch.backfill_request'],
  ResetWorkflowExecution: postResetOperations(''),
  StartBatchOperation: [
    'executions[].workflow_id',
    'target_executions[].business_id',
    'termination_operation',
    'signal_operation.signal',
    'cancellation_operation',
    'deletion_operation',
    ...postResetOperations('reset_operation.'),
    'update_workflow_options_operation',
    'unpause_activities_operation',
    'reset_activities_operation',
    'update_activity_options_operation.activity_options.task_queue.name',
    'cancel_activities_operation',
    'terminate_activities_operation',
    'delete_activities_operation',
  ],
}

/** Read at whatever depth they stand: a namespace or a hidden operation must never pass unseen. */
export const namesReadEverywhere: ReadonlySet<string> = new Set([
  'namespace',
  'completion_callbacks',
  'request_eager_execution',
  'workflow_id_conflict_policy',
  'workflow_id_reuse_policy',
])

/** Types that are not looked into for {@link namesReadEverywhere}, each with the reason. */
export const unreadTypes: Readonly<Record<string, string>> = {
  'temporal.api.common.v1.Link': 'display only: the server acts on none of a link’s fields',
  'temporal.api.failure.v1.Failure': 'a report of what happened; its namespace is not acted on',
  'temporal.api.common.v1.Callback': 'refused as a whole wherever completion_callbacks is present',
  'temporal.api.nexus.v1.EndpointSpec': 'only cluster administrators may send it at all',
}

function scheduledStart(): readonly string[] {
  return ['workflow_id', 'workflow_type.name', 'task_queue.name'].map(
    (field) => `schedule.action.start_workflow.${field}`,
  )
}

/** Commands that may name another namespace, and what they ask for there. */
function commandsToOthers(): readonly string[] {
  const attributes = {
    start_child_workflow_execution: ['workflow_id', 'workflow_type.name', 'task_queue.name'],
    signal_external_workflow_execution: ['execution.workflow_id', 'signal_name'],
    request_cancel_external_workflow_execution: ['workflow_id'],
  }
  return Object.entries(attributes).flatMap(([command, fields]) =>
    fields.map((field) => `commands[].${command}_command_attributes.${field}`),
  )
}

/** Commands that could reach a queue, or a workflow type, of the server's own. */
function commandsToQueues(): readonly string[] {
  return [
    'schedule_activity_task_command_attributes.task_queue.name',
    'continue_as_new_workflow_execution_command_attributes.workflow_type.name',
    'continue_as_new_workflow_execution_command_attributes.task_queue.name',
  ].map((field) => `commands[].${field}`)
}

function postResetOperations(prefix: string): readonly string[] {
  return [
    `${prefix}post_reset_operations[].signal_workflow.signal_name`,
    `${prefix}post_reset_operations[].update_workflow_options`,
  ]
}
