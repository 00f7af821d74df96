import t from 'tap'
import { activityOf } from '../../../src/audit/format/ocsf-activity.ts'
import { methods } from '../../../src/temporal/methods.ts'

t.test('a call is what it does to what it acts on', async (t) => {
  const rows: [string, number][] = [
    ['StartWorkflowExecution', 1],
    ['SignalWithStartWorkflowExecution', 1],
    ['CreateSchedule', 1],
    ['RegisterNamespace', 1],
    ['AddSearchAttributes', 1],
    ['DescribeNamespace', 2],
    ['ListWorkflowExecutions', 2],
    ['QueryWorkflow', 2],
    ['ListClusters', 2],
    ['FetchWorkerConfig', 2],
    ['SignalWorkflowExecution', 3],
    ['TerminateWorkflowExecution', 3],
    ['RequestCancelWorkflowExecution', 3],
    ['PatchSchedule', 3],
    ['UpdateNexusEndpoint', 3],
    ['DeleteWorkflowExecution', 4],
    ['DeleteSchedule', 4],
    ['RemoveRemoteCluster', 4],
    ['PollWorkflowTaskQueue', 99],
  ]
  for (const [name, activity] of rows) {
    const method = methods.find((known) => known.name === name)
    t.equal(activityOf(method?.verbs ?? [], name), activity, name)
  }
})

t.test('no known method is of an unknown activity', async (t) => {
  for (const { name, verbs } of methods) t.not(activityOf(verbs, name), 0, name)
  t.equal(activityOf([], 'StartWorkflowExecution'), 0)
  t.equal(activityOf(['toString'], 'M'), 0)
})
