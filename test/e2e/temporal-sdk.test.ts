import { Client, Connection, WithStartWorkflowOperation } from '@temporalio/client'
import t, { type Test } from 'tap'
import {
  adjust,
  balance,
  close,
  LedgerBackfill,
  LedgerBook,
  LedgerRollup,
  post,
} from '../fixtures/workflows.ts'
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

// A real server, a bundled worker and its shutdown take their time on a busy machine.
t.setTimeout(240_000)

const notGranted = { cause: { code: 7, details: /^not granted/ } }

async function connect(t: Test, ledger: Ledger, job: LedgerJob): Promise<Client> {
  const connection = await Connection.connect({
    address: ledger.sallyport.address,
    apiKey: ledger.tokens[job],
    tls: {
      serverRootCACertificate: Buffer.from(ledger.sallyport.ca),
      serverNameOverride: 'localhost',
    },
  })
  t.teardown(() => connection.close())
  return new Client({ connection, namespace })
}

t.test('the TypeScript SDK works through Sallyport, client and worker', async (t) => {
  const ledger = await startLedger(t)
  const { workflow } = await connect(t, ledger, 'pipeline')

  await t.test('a workflow runs its activity, timer and child', async (t) => {
    const started = { taskQueue, workflowId: 'ledger-rollup', args: [[100, 250]] as [number[]] }
    t.equal(await workflow.execute(LedgerRollup, started), 350)
    const { status, historyLength } = await workflow.getHandle('ledger-rollup').describe()
    t.equal(status.name, 'COMPLETED')
    t.ok(historyLength > 10, 'the activity, the timer and the child are in its history')
    t.equal(await workflow.getHandle('ledger-rollup-audit').result(), 350)
  })

  await t.test('a workflow continues as new, and its last run is awaited', async (t) => {
    const started = { taskQueue, workflowId: 'ledger-backfill' }
    const handle = await workflow.start(LedgerBackfill, started)
    t.equal(await handle.result(), 6)
    t.not((await handle.describe()).runId, handle.firstExecutionRunId)
  })

  await t.test('a running workflow is signalled, updated and queried', async (t) => {
    const started = { taskQueue, workflowId: 'ledger-book', args: [10] as [number] }
    const handle = await workflow.start(LedgerBook, started)
    await handle.signal(post, 5)
    t.equal(await handle.executeUpdate(adjust, { args: [7] }), 22)
    t.equal(await handle.query(balance), 22)
    await handle.signal(close)
    t.equal(await handle.result(), 22)
  })

  await t.test('a start that carries a signal, and one that carries an update', async (t) => {
    const signalled = await workflow.signalWithStart(LedgerBook, {
      taskQueue,
      workflowId: 'ledger-signalled',
      signal: post,
      signalArgs: [3],
    })
    t.equal(await signalled.query(balance), 3)
    const startWorkflowOperation = new WithStartWorkflowOperation(LedgerBook, {
      taskQueue,
      workflowId: 'ledger-updated',
      workflowIdConflictPolicy: 'FAIL',
    })
    const updated = { startWorkflowOperation, args: [4] as [number] }
    t.equal(await workflow.executeUpdateWithStart(adjust, updated), 4)
    await t.rejects(
      workflow.signalWithStart(LedgerBook, {
        taskQueue,
        workflowId: 'other-1',
        signal: post,
        signalArgs: [1],
      }),
      notGranted,
      'what is hidden in it is decided on too',
    )
  })

  await t.test('a running workflow is cancelled, another terminated', async (t) => {
    await workflow.getHandle('ledger-signalled').cancel()
    await t.rejects(workflow.getHandle('ledger-signalled').result(), {
      cause: { name: 'CancelledFailure' },
    })
    await workflow.getHandle('ledger-updated').terminate('closed for good')
    const { status } = await workflow.getHandle('ledger-updated').describe()
    t.equal(status.name, 'TERMINATED')
  })

  await t.test('a list is outside a narrowed grant, and inside one that is not', async (t) => {
    const idsIn = async (client: Client) => {
      const ids: string[] = []
      for await (const { workflowId } of client.workflow.list()) ids.push(workflowId)
      return ids
    }
    await t.rejects(workflow.list()[Symbol.asyncIterator]().next(), notGranted)
    const platform = await connect(t, ledger, 'platform')
    // Visibility follows a moment after the fact.
    await until(async () => (await idsIn(platform)).includes('ledger-rollup'))
  })

  await t.test('a schedule is made, shown, triggered and deleted', async (t) => {
    const { schedule, workflow: asPlatform } = await connect(t, ledger, 'platform')
    const handle = await schedule.create({
      scheduleId: 'nightly',
      spec: { intervals: [{ every: '1d' }] },
      action: {
        type: 'startWorkflow',
        workflowType: LedgerRollup,
        taskQueue,
        workflowId: 'ledger-nightly',
      },
    })
    await handle.trigger()
    const started = async () => (await handle.describe()).info.recentActions.at(0)
    await until(async () => (await started()) !== undefined)
    const { workflowId = '' } = (await started())?.action.workflow ?? {}
    t.equal(await asPlatform.getHandle(workflowId).result(), 350)
    await handle.delete()
    await t.rejects(handle.describe(), { name: 'ScheduleNotFoundError' })
  })

  await t.test('the worker was served under its narrowed grant, and ends cleanly', async (t) => {
    await until(() => allowedIn(ledger.decisions('worker')).has('RecordWorkerHeartbeat'))
    await ledger.worker.stop()
    const decisions = ledger.decisions('worker')
    t.same(refusalsIn(decisions), [])
    t.same(ledger.worker.warnings(), [])
    const methods = allowedIn(decisions)
    for (const method of [
      'GetSystemInfo',
      'DescribeNamespace',
      'PollWorkflowTaskQueue',
      'RespondWorkflowTaskCompleted',
      'PollActivityTaskQueue',
      'RespondActivityTaskCompleted',
      'RespondQueryTaskCompleted',
      'RecordWorkerHeartbeat',
      'ShutdownWorker',
    ])
      t.ok(methods.has(method), method)
    const polls = decisions.filter(({ method }) => method === 'PollWorkflowTaskQueue')
    const sticky = polls.filter(({ task_queue: queue }) => queue !== taskQueue)
    t.ok(sticky.length > 0, 'its sticky queue was polled')
    t.ok(sticky.every(({ outcome, rule }) => outcome === 'allowed' && rule === 'ledger-worker'))
  })

  await t.test('nothing was refused but what this test meant to have refused', async (t) => {
    t.match(refusalsIn(ledger.decisions('pipeline')), [
      /^SignalWithStartWorkflowExecution not_granted/,
      /^ListWorkflowExecutions not_granted/,
    ])
    t.same(refusalsIn(ledger.decisions('platform')), [])
  })

  await t.test('no part of a token is in any history', async (t) => {
    const histories = await fetchHistories(ledger.temporal.address, namespace)
    t.ok(histories.size >= 9, `${histories.size} histories`)
    t.ok([...histories.values()].every((history) => history.length > 100))
    t.same(historiesWith(Object.values(ledger.tokens), histories), [])
    t.same(historiesWith(['LedgerRollup'], histories).length > 0, true, 'the search finds')
  })
})
