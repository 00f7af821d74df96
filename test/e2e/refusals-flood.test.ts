import t from 'tap'
import { until } from '../support/audit-files.ts'
import { openGate, start, tokenOf } from '../support/attacks.ts'
import { openStream } from '../support/raw-http2.ts'
import { assertEntriesInAll, send } from '../support/refused-call.ts'

const method = 'StartWorkflowExecution'
const path = '/temporal.api.workflowservice.v1.WorkflowService/StartWorkflowExecution'

void t.test('strangers are answered at once, from their headers alone', async (t) => {
  const gate = await openGate(t)
  const body = Buffer.of(0, 0, 0)
  const strangers = [undefined, 'no-token', gate.sallyport.mint({ aud: 'https://elsewhere' })]
  for (const token of strangers) {
    const reply = await send(gate.session, { method, body, isEndless: true, token })
    t.match(reply, { status: 16, isTrailersOnly: true })
  }
  t.equal(gate.upstream.connections(), 0)
  await assertEntriesInAll(t, gate, strangers.length)
})

void t.test('a flood of strangers costs no connection upstream and no room here', async (t) => {
  const gate = await openGate(t)
  const { session, sallyport, upstream } = gate
  const count = 100
  const chunk = Buffer.alloc(64 * 1024)
  const answers = Array.from({ length: count }, async () => {
    const { stream, answer } = openStream(session, { ':path': path })
    // More than any window; the body never ends, and this caller never hangs up.
    stream.write(chunk)
    stream.write(chunk)
    return (await answer).blocks.at(-1)?.headers['grpc-status']
  })
  t.same(new Set(await Promise.all(answers)), new Set(['16']), 'each stream is closed for good')
  t.equal(upstream.connections(), 0)
  const recorded = () =>
    sallyport.entries().reduce((sum, entry) => {
      t.match(entry, { outcome: 'refused', code: 'credential_missing' })
      return sum + (entry.kind === 'refusals' ? Number(entry['count']) : 1)
    }, 0)
  await until(() => recorded() >= count)
  t.equal(recorded(), count, 'each has its entry, or is counted in one')
  t.ok(sallyport.entries().length < count, 'beyond a burst they are counted')
  const sent = session.socket.bytesWritten
  t.ok(sent < (count * chunk.length) / 4, `bodies are not taken: ${sent} bytes were`)
  const call = { method, request: start, token: tokenOf('starter', gate) }
  t.match(await send(session, call), { status: 0 }, 'the connection still works')
  t.equal(upstream.connections(), 1)
})
