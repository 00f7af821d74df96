import t, { type Test } from 'tap'
import { until } from '../support/audit-files.ts'
import { encodeRequest } from '../support/caller.ts'
import { ask, connectRaw, frameOf } from '../support/raw-http2.ts'
import { startSallyport } from '../support/sallyport.ts'
import { startUpstream } from '../support/upstream.ts'

// A stand-in upstream that never answers: nothing but its callers can end a call.

const machines = `
  - name: ledger-worker
    issuer: gitlab
    match: { project_id: "48210377" }
    grants:
      - { namespace: payments, role: worker, task_queues: [ledger] }
`

const method = 'PollWorkflowTaskQueue'
const poll = encodeRequest(method, { namespace: 'payments', taskQueue: { name: 'ledger' } })

async function startSilent(t: Test) {
  const upstream = await startUpstream(() => new Promise(() => undefined))
  t.teardown(upstream.close)
  const sallyport = await startSallyport(t, { machines, upstreamAddress: upstream.address })
  return { upstream, sallyport }
}

t.test('a caller that goes away takes its call with it', async (t) => {
  const { upstream, sallyport } = await startSilent(t)
  const leaving = new AbortController()
  const staying = sallyport.caller().call(method, poll)
  const left = sallyport.caller().call(method, poll, { signal: leaving.signal })
  await until(() => upstream.calls.length === 2)
  t.notOk(upstream.calls.some(({ isCancelled }) => isCancelled()))
  leaving.abort()
  t.equal((await left).status, 1)
  await until(() => upstream.calls.some(({ isCancelled }) => isCancelled()))
  t.equal(upstream.calls.filter(({ isCancelled }) => isCancelled()).length, 1, 'and no other')
  const [, , completion] = await sallyport.entriesWhen(3)
  t.match(completion, { kind: 'completion', outcome: 'cancelled', grpc_status: 1 })
  upstream.cut()
  t.equal((await staying).status, 14)
})

t.test('a connection that breaks takes all its calls with it', async (t) => {
  const { upstream, sallyport } = await startSilent(t)
  const options = { ca: sallyport.ca, servername: 'localhost' }
  const session = await connectRaw(t, `https://${sallyport.address}`, options)
  const headers = headersOf(sallyport.mint())
  const answers = [ask(session, headers, frameOf(poll)), ask(session, headers, frameOf(poll))]
  await until(() => upstream.calls.length === 2)
  session.destroy()
  await Promise.all(answers)
  await until(() => upstream.calls.every(({ isCancelled }) => isCancelled()))
  t.match((await sallyport.entriesWhen(4)).slice(2), [
    { kind: 'completion', outcome: 'cancelled' },
    { kind: 'completion', outcome: 'cancelled' },
  ])
})

t.test('a deadline is told to the upstream, and kept if nobody else keeps it', async (t) => {
  const { upstream, sallyport } = await startSilent(t)
  const options = { ca: sallyport.ca, servername: 'localhost' }
  // Not a gRPC client, which would end the call itself.
  const session = await connectRaw(t, `https://${sallyport.address}`, options)
  const headers = headersOf(sallyport.mint())
  const began = performance.now()
  const answer = await ask(session, { ...headers, 'grpc-timeout': '400m' }, frameOf(poll))
  t.ok(performance.now() - began >= 390, 'not before its time')
  t.match(answer.blocks, [{ headers: { ':status': 200, 'grpc-status': '4' } }])
  t.match(upstream.calls[0]?.headers['grpc-timeout'], /^\d+m$/)
  await until(() => upstream.calls.every(({ isCancelled }) => isCancelled()))
  t.match((await sallyport.entriesWhen(2))[1], { outcome: 'cancelled', grpc_status: 4 })
})

function headersOf(token: string) {
  return {
    ':path': '/temporal.api.workflowservice.v1.WorkflowService/PollWorkflowTaskQueue',
    authorization: `Bearer ${token}`,
  }
}
