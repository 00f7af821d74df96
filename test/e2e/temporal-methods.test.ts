import t, { type Test } from 'tap'
import { methods } from '../../src/temporal/methods.ts'
import { encodeRequest } from '../support/caller.ts'
import { startSallyport } from '../support/sallyport.ts'
import { startUpstream } from '../support/upstream.ts'

// A stand-in upstream, because the real server would change its state, or refuse most of these.

const machines = `
  - name: platform-admin
    issuer: gitlab
    match: { project_id: "48210501" }
    grants:
      - { namespace: payments, role: admin }
      - { cluster: true, role: admin }
  - name: nightly-report
    issuer: gitlab
    match: { project_id: "48215530" }
    grants:
      - { namespace: payments, role: viewer }
`

/** What some requests must carry beside the namespace to make sense. */
const contents: Readonly<Record<string, object>> = {
  StartWorkflowExecution: { workflowId: 'ledger-7', workflowType: { name: 'LedgerRollup' } },
  SignalWithStartWorkflowExecution: { workflowId: 'ledger-7', signalName: 'post' },
  ExecuteMultiOperation: {
    operations: [
      { startWorkflow: { namespace: 'payments', workflowId: 'ledger-7' } },
      { updateWorkflow: { namespace: 'payments', request: { input: { name: 'adjust' } } } },
    ],
  },
  StartBatchOperation: { cancellationOperation: { identity: 'a test' }, visibilityQuery: '1=1' },
  PatchSchedule: { scheduleId: 'nightly', patch: { triggerImmediately: {} } },
  CreateSchedule: {
    scheduleId: 'nightly',
    schedule: { action: { startWorkflow: { workflowId: 'ledger-nightly' } } },
  },
  ResetWorkflowExecution: {
    workflowExecution: { workflowId: 'ledger-7' },
    postResetOperations: [{ signalWorkflow: { signalName: 'post' } }],
  },
  RespondWorkflowTaskCompleted: {
    taskToken: Buffer.from('a task'),
    commands: [{ startTimerCommandAttributes: { timerId: '1' } }],
  },
  RecordWorkerHeartbeat: { workerHeartbeat: [{ taskQueue: 'ledger' }] },
}

/** A request that no other call has sent: its number stands in a field of an API that is yet to come. */
function requestOf(method: string, number: number): Buffer {
  const fields = { namespace: 'payments', ...contents[method] }
  const unknownField = Buffer.from([0xc2, 0xbb, 0x01, 2, number >> 8, number & 255])
  return Buffer.concat([encodeRequest(method, fields), unknownField])
}

/** A frontend that says which path it answers, and Sallyport in front of it. */
async function startFrontend(t: Test) {
  const upstream = await startUpstream(({ path }) => ({ message: Buffer.from(path) }))
  t.teardown(upstream.close)
  const sallyport = await startSallyport(t, { machines, upstreamAddress: upstream.address })
  const callerOf = (id: string) =>
    sallyport.caller(sallyport.mint({ project_id: id, job_project_id: id }))
  return { upstream, callerOf }
}

/** Verbs of a viewer, as the documentation has them, and not as the code does. */
const viewerVerbs: ReadonlySet<string> = new Set(['connect', 'read'])

t.test('every method passes to whom all is granted, as the very bytes', async (t) => {
  const { upstream, callerOf } = await startFrontend(t)
  const admin = callerOf('48210501')
  t.ok(methods.length >= 135, `${methods.length} methods`)
  for (const [number, { name, path }] of methods.entries()) {
    const request = requestOf(name, number)
    const reply = await admin.call(name, request)
    t.equal(reply.status, 0, `${name} ${reply.words}`)
    t.equal(reply.message?.toString(), path)
    const seen = upstream.calls.at(-1)
    t.equal(seen?.path, path)
    t.ok(seen?.message.equals(request), `${name} arrives as it was sent`)
  }
  t.equal(upstream.calls.length, methods.length, 'each was forwarded once')
})

t.test('a viewer is let through to what reads, and to nothing else', async (t) => {
  const { upstream, callerOf } = await startFrontend(t)
  const viewer = callerOf('48215530')
  const passed: string[] = []
  for (const [number, { name, verbs }] of methods.entries()) {
    const expected = verbs.every((verb) => viewerVerbs.has(verb))
    const reply = await viewer.call(name, requestOf(name, number))
    t.equal(reply.status, expected ? 0 : 7, `${name} ${verbs.join(', ')}: ${reply.words}`)
    if (expected) passed.push(name)
  }
  t.same(
    upstream.calls.map(({ path }) => path.split('/').at(-1)),
    passed,
    'the upstream saw none of the others',
  )
  const writes = methods.filter(({ access }) => access !== 'read')
  t.same(
    writes.filter(({ name }) => passed.includes(name)),
    [],
    'nothing passed that Temporal itself calls a write',
  )
  t.ok(passed.includes('GetWorkflowExecutionHistory'))
})
