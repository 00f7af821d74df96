import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readAskedCall } from '../../../src/commands/explain/asked-call.ts'
import type { AskedCall } from '../../../src/commands/explain/options.ts'

const none = {
  namespace: undefined,
  workflowType: undefined,
  taskQueue: undefined,
  workflowId: undefined,
  handler: undefined,
}

function ofFlags(method: string, fields: Partial<AskedCall['fields']>) {
  return readAskedCall({ method, requestFile: undefined, fields: { ...none, ...fields } })
}

function ofRequest(t: Test, method: string, json: unknown, namespace?: string) {
  const requestFile = join(t.testdir({}), 'request.json')
  writeFileSync(requestFile, JSON.stringify(json))
  return readAskedCall({ method, requestFile, fields: { ...none, namespace } })
}

void t.test('flags make the call that a request with them would be', async (t) => {
  const { method, call, notes } = await ofFlags('SignalWorkflowExecution', {
    namespace: 'n',
    workflowId: 'w',
    handler: 'go',
  })
  t.equal(method.name, 'SignalWorkflowExecution')
  t.match(call, { needs: [{ verb: 'signal', fields: { workflow_ids: 'w', handlers: 'go' } }] })
  t.same(notes, [])
})

void t.test('a method may be given as its path', async (t) => {
  const path = '/temporal.api.workflowservice.v1.WorkflowService/GetSystemInfo'
  t.equal((await ofFlags(path, {})).method.name, 'GetSystemInfo')
})

void t.test('a flag that the request has no field for is noted', async (t) => {
  const { notes } = await ofFlags('ListWorkflowExecutions', { namespace: 'n', workflowType: 'T' })
  t.match(notes, [{ code: 'flag-unused', message: /--workflow-type is left aside/ }])
})

void t.test('a method or a namespace that is missing is wrong usage', async (t) => {
  const usage = (message: RegExp) => ({ name: 'UsageError', message })
  await t.rejects(ofFlags('Zzzzzzzzzzzzz', {}), usage(/no public RPC/))
  await t.rejects(
    ofFlags('StartWorkflowExecutoin', {}),
    usage(/did you mean StartWorkflowExecution\?/),
  )
  await t.rejects(ofFlags('StartWorkflowExecution', {}), usage(/add --namespace/))
})

void t.test('a request is read with all that it hides', async (t) => {
  const json = {
    namespace: 'n',
    operations: [
      { startWorkflow: { namespace: 'n', workflowId: 'w' } },
      { updateWorkflow: { namespace: 'n' } },
    ],
  }
  const { call } = await ofRequest(t, 'ExecuteMultiOperation', json)
  t.match(call, { needs: [{ verb: 'start' }, { verb: 'update' }] })
})

void t.test(
  'the namespace may stand in the request or in the flag, and must not differ',
  async (t) => {
    const of = (json: unknown, namespace?: string) =>
      ofRequest(t, 'ListWorkflowExecutions', json, namespace)
    t.match((await of({}, 'n')).call, { namespace: 'n' })
    t.match((await of({ namespace: 'n' }, 'n')).call, { namespace: 'n' })
    t.match((await of({})).call, { objections: [{ code: 'namespace_missing' }] })
    await t.rejects(of({ namespace: 'm' }, 'n'), { message: /differ; leave out one/ })
  },
)

void t.test('a request that is malformed is refused as the real one would be', async (t) => {
  const json = { namespace: 'n', terminationOperation: {}, cancellationOperation: {} }
  t.match((await ofRequest(t, 'StartBatchOperation', json)).call, { code: 'message_malformed' })
})

void t.test('a request of the wrong kind is said to be so', async (t) => {
  await t.rejects(ofRequest(t, 'StartWorkflowExecution', [], 'n'), {
    message: /^the request must be/,
  })
  await t.rejects(ofRequest(t, 'StartWorkflowExecution', { namespace: 7 }), {
    message: /namespace in the request must be text/,
  })
})

void t.test('a field that is nearly the name of one that counts is noted', async (t) => {
  const json = { namespace: 'n', workflowTyp: { name: 'T' }, identity: 'me' }
  const { notes } = await ofRequest(t, 'StartWorkflowExecution', json)
  t.match(notes, [
    { code: 'field-unread', message: /workflowTyp is not looked at; did you mean workflowType\?/ },
  ])
  t.equal(notes.length, 1)
})
