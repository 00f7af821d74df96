import t from 'tap'
import { encodeRequest } from '../support/caller.ts'
import { startSallyport } from '../support/sallyport.ts'
import { startUpstream } from '../support/upstream.ts'

const machines = `
  - name: ledger-main
    issuer: gitlab
    match: { project_id: "48210377", ref: main, ref_type: branch, ref_protected: true }
    grants:
      - { namespace: payments, role: starter, workflow_types: [LedgerRollup] }
`

const start = {
  namespace: 'payments',
  workflowId: 'ledger-7',
  workflowType: { name: 'LedgerRollup' },
  taskQueue: { name: 'ledger' },
  requestId: 'r-1',
}

t.test('a granted call reaches the upstream as the very bytes that were sent', async (t) => {
  const upstream = await startUpstream(() => ({
    headers: { 'x-from-upstream': 'yes' },
    message: Buffer.from('an answer'),
    trailers: { 'x-last': 'word' },
  }))
  t.teardown(upstream.close)
  const sallyport = await startSallyport(t, { machines, upstreamAddress: upstream.address })
  const token = sallyport.mint()
  const message = Buffer.concat([
    encodeRequest('StartWorkflowExecution', start),
    // A field of a newer API: number 3000, three bytes.
    Buffer.from([0xc2, 0xbb, 0x01, 0x03, 1, 2, 3]),
  ])
  const reply = await sallyport.caller(token).call('StartWorkflowExecution', message, {
    metadata: {
      'client-name': 'temporal-cli',
      'x-custom': 'kept',
      'x-custom-bin': Buffer.from([0, 255]),
      'caller-type': 'operator',
      'temporal-namespace': 'other',
    },
  })
  t.equal(reply.status, 0)
  t.same(reply.message, Buffer.from('an answer'))
  t.same(reply.metadata?.get('x-from-upstream'), ['yes'])
  t.same(reply.trailers.get('x-last'), ['word'])
  const [seen] = upstream.calls
  t.same(seen?.message, message, 'no byte was changed on the way')
  t.equal(seen?.headers['client-name'], 'temporal-cli')
  t.equal(seen?.headers['x-custom'], 'kept')
  t.equal(seen?.headers['x-custom-bin'], Buffer.from([0, 255]).toString('base64'))
  t.equal(seen?.headers['temporal-namespace'], 'payments', 'a hint is rewritten')
  t.equal(seen?.headers['caller-type'], undefined, 'control metadata is dropped')
  t.equal(seen?.headers.authorization, undefined, 'the token is not forwarded')
  t.match(await sallyport.entriesWhen(2), [
    { kind: 'decision', outcome: 'allowed', rule: 'ledger-main', workflow_id: 'ledger-7' },
    { kind: 'completion', outcome: 'completed', grpc_status: 0 },
  ])
  t.notMatch(sallyport.log() + sallyport.journal(), token.split('.')[2] ?? '-')
})
