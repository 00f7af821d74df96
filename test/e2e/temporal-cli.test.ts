import t, { type Test } from 'tap'
import { until } from '../support/audit-files.ts'
import { fetchHistories, historiesWith } from '../support/histories.ts'
import {
  allowedIn,
  namespace,
  refusalsIn,
  startLedger,
  taskQueue,
  type Ledger,
  type LedgerJob,
} from '../support/ledger.ts'
import { createCli, type CliResult, type RunCli } from '../support/temporal-cli.ts'

// A real server and a command after the other take their time on a busy machine.
t.setTimeout(240_000)

/** The CLI as a job has it: configured by these four variables alone. */
function cliOf(t: Test, { temporal, sallyport, tokens }: Ledger, job: LedgerJob): RunCli {
  const variables = {
    TEMPORAL_ADDRESS: sallyport.address,
    TEMPORAL_NAMESPACE: namespace,
    TEMPORAL_API_KEY: tokens[job],
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: sallyport.caFile,
  }
  return createCli(t, { cli: temporal.cli, variables })
}

/** Asserts that a command did what it says, and hands back its words. */
function succeeds(t: Test, { exitCode, stdout, stderr }: CliResult): string {
  t.equal(exitCode, 0, stderr.trim() || 'exit code 0')
  return stdout
}

function isRefused(t: Test, { exitCode, stderr }: CliResult, what: string): void {
  t.not(exitCode, 0, what)
  t.match(stderr, /not granted \[not_granted d-\w+\]/, what)
}

/** The status of a workflow, as `describe` tells it. */
async function statusOf(t: Test, temporal: RunCli, id: string): Promise<string> {
  const described = await temporal('workflow', 'describe', ...of(id), '--output', 'json')
  const { workflowExecutionInfo } = JSON.parse(succeeds(t, described)) as {
    workflowExecutionInfo: { status: string }
  }
  return workflowExecutionInfo.status.replace('WORKFLOW_EXECUTION_STATUS_', '')
}

const start = (type: string, id: string, ...rest: string[]) =>
  ['--type', type, '--task-queue', taskQueue, '--workflow-id', id, ...rest] as const

const of = (id: string, ...rest: string[]) => ['--workflow-id', id, ...rest] as const

t.test('the real CLI works through Sallyport with four variables', async (t) => {
  const ledger = await startLedger(t)
  const temporal = cliOf(t, ledger, 'pipeline')
  const asPlatform = cliOf(t, ledger, 'platform')

  await t.test('a workflow is started, and its result awaited', async (t) => {
    const rollup = start('LedgerRollup', 'ledger-7', '--input', '[1, 2, 3]')
    succeeds(t, await temporal('workflow', 'start', ...rollup))
    const result = ['workflow', 'result', ...of('ledger-7'), '--output', 'json'] as const
    t.match(JSON.parse(succeeds(t, await temporal(...result))), { status: 'COMPLETED', result: 6 })
  })

  await t.test('a workflow is executed: started and awaited by one command', async (t) => {
    const backfill = start('LedgerBackfill', 'ledger-8', '--output', 'json')
    const result = JSON.parse(succeeds(t, await temporal('workflow', 'execute', ...backfill)))
    t.match(result, { status: 'COMPLETED', result: 6 })
  })

  await t.test('a running workflow is signalled, updated, queried and described', async (t) => {
    succeeds(t, await temporal('workflow', 'start', ...start('LedgerBook', 'ledger-9')))
    const signal = of('ledger-9', '--name', 'post', '--input', '5')
    succeeds(t, await temporal('workflow', 'signal', ...signal))
    const update = of('ledger-9', '--name', 'adjust', '--input', '7')
    t.match(succeeds(t, await temporal('workflow', 'update', 'execute', ...update)), /12/)
    const query = of('ledger-9', '--name', 'balance')
    t.match(succeeds(t, await temporal('workflow', 'query', ...query)), /12/)
    t.match(succeeds(t, await temporal('workflow', 'describe', ...of('ledger-9'))), /LedgerBook/)
  })

  await t.test('a workflow is started by a signal, and another by an update', async (t) => {
    const signalled = start('LedgerBook', 'ledger-10', '--signal-name', 'post')
    succeeds(t, await temporal('workflow', 'signal-with-start', ...signalled))
    const updated = start('LedgerBook', 'ledger-11', '--update-name', 'adjust')
    const input = ['--update-input', '4', '--id-conflict-policy', 'UseExisting'] as const
    const execute = ['workflow', 'execute-update-with-start', ...updated, ...input] as const
    t.match(succeeds(t, await temporal(...execute)), /4/)
  })

  await t.test('a workflow is reset, cancelled and terminated', async (t) => {
    const why = ['--reason', 'a test'] as const
    const reset = of('ledger-7', '--type', 'FirstWorkflowTask', ...why)
    succeeds(t, await temporal('workflow', 'reset', ...reset))
    t.match(succeeds(t, await temporal('workflow', 'result', ...of('ledger-7'))), /6/)
    succeeds(t, await temporal('workflow', 'cancel', ...of('ledger-9')))
    t.match(await temporal('workflow', 'result', ...of('ledger-9')), { exitCode: 1 })
    t.equal(await statusOf(t, temporal, 'ledger-9'), 'CANCELED')
    succeeds(t, await temporal('workflow', 'terminate', ...of('ledger-10'), ...why))
    t.equal(await statusOf(t, temporal, 'ledger-10'), 'TERMINATED')
  })

  await t.test('lists, counts and batches are outside a narrowed grant', async (t) => {
    isRefused(t, await temporal('workflow', 'list'), 'list')
    isRefused(t, await temporal('workflow', 'count'), 'count')
    const batch = ['--query', 'WorkflowType="LedgerBook"', '--yes', '--reason', 'a test'] as const
    isRefused(t, await temporal('workflow', 'terminate', ...batch), 'a batch')
    isRefused(t, await asPlatform('workflow', 'terminate', ...batch), 'a batch of a reader')
    t.match(refusalsIn(ledger.decisions('pipeline')), [
      /^ListWorkflowExecutions not_granted/,
      /^CountWorkflowExecutions not_granted/,
      /^StartBatchOperation not_granted/,
    ])
    t.match(refusalsIn(ledger.decisions('platform')), [/^StartBatchOperation not_granted/])
    t.equal(await statusOf(t, temporal, 'ledger-11'), 'RUNNING', 'no batch has ended it')
  })

  await t.test('who may read the namespace lists and counts', async (t) => {
    // Visibility follows a moment after the fact.
    const query = ['--query', 'WorkflowId="ledger-11"'] as const
    await until(async () =>
      /Total: 1/.test((await asPlatform('workflow', 'count', ...query)).stdout),
    )
    t.match(succeeds(t, await asPlatform('workflow', 'list', ...query)), /ledger-11/)
  })

  await t.test('a schedule is made, shown, triggered and deleted', async (t) => {
    const id = ['--schedule-id', 'nightly'] as const
    const action = start('LedgerRollup', 'ledger-nightly', '--interval', '24h')
    succeeds(t, await asPlatform('schedule', 'create', ...id, ...action))
    t.match(succeeds(t, await asPlatform('schedule', 'describe', ...id)), /LedgerRollup/)
    succeeds(t, await asPlatform('schedule', 'trigger', ...id))
    const shown = async () => (await asPlatform('schedule', 'describe', ...id)).stdout
    await until(async () => /ledger-nightly-\d{4}/.test(await shown()))
    succeeds(t, await asPlatform('schedule', 'delete', ...id))
    t.match(await asPlatform('schedule', 'describe', ...id), { exitCode: 1, stderr: /not found/ })
    isRefused(t, await temporal('schedule', 'describe', ...id), 'schedules are of another role')
  })

  await t.test('a worker deployment is made and shown', async (t) => {
    const name = ['--name', 'ledger-runtime'] as const
    succeeds(t, await asPlatform('worker', 'deployment', 'create', ...name))
    const describe = ['worker', 'deployment', 'describe', ...name] as const
    t.match(succeeds(t, await asPlatform(...describe)), /ledger-runtime/)
    isRefused(t, await temporal('worker', 'deployment', 'create', ...name), 'another role')
  })

  await t.test('every command was decided on as what it is', async (t) => {
    const methods = allowedIn(ledger.decisions('pipeline'))
    for (const method of [
      'GetSystemInfo',
      'StartWorkflowExecution',
      'GetWorkflowExecutionHistory',
      'SignalWorkflowExecution',
      'UpdateWorkflowExecution',
      'QueryWorkflow',
      'DescribeWorkflowExecution',
      'SignalWithStartWorkflowExecution',
      'ExecuteMultiOperation',
      'ResetWorkflowExecution',
      'RequestCancelWorkflowExecution',
      'TerminateWorkflowExecution',
    ])
      t.ok(methods.has(method), method)
  })

  await t.test('no part of a token is in any history', async (t) => {
    await ledger.worker.stop()
    const histories = await fetchHistories(ledger.temporal.address, namespace)
    t.ok(histories.size >= 9, `${histories.size} histories`)
    t.same(historiesWith(Object.values(ledger.tokens), histories), [])
    t.ok(historiesWith(['LedgerRollup'], histories).length > 0, 'what is there is found')
  })
})
