import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Settings } from '../src/config/settings.ts'
import { freePort } from '../src/demo/free-port.ts'
import { startService, type ServiceParts } from '../src/service.ts'
import { framedEntriesIn, keptLog, until } from './support/audit-files.ts'
import { encodeRequest } from './support/caller.ts'
import { makeCertificate } from './support/certificate.ts'
import { policy } from './support/granted-call.ts'
import { startIssuer } from './support/issuer.ts'
import { auditSettings } from './support/audit-settings.ts'
import { isListening } from './support/is-listening.ts'
import { issuerSettings } from './support/issuer-settings.ts'
import { limitsWith } from './support/limits.ts'
import { ask, connectRaw, frameOf } from './support/raw-http2.ts'
import { startSallyport } from './support/sallyport.ts'
import { startUpstream } from './support/upstream.ts'

const machines = `
  - name: ledger-main
    issuer: gitlab
    match: { project_id: "48210377", ref: main, ref_type: branch, ref_protected: true }
    grants:
      - { namespace: payments, role: starter }
`

const start = { namespace: 'payments', workflowId: 'ledger-7', taskQueue: { name: 'ledger' } }

/** Settings of a service whose upstream and issuer are away. */
async function partsFor(t: Test, others: Partial<Settings> = {}) {
  const directory = t.testdir()
  const { cert, key } = await makeCertificate()
  const tls = { certFile: join(directory, 'tls.crt'), keyFile: join(directory, 'tls.key') }
  writeFileSync(tls.certFile, cert)
  writeFileSync(tls.keyFile, key)
  const audit = auditSettings(join(directory, 'audit'))
  const settings: Settings = {
    listen: { host: '127.0.0.1', port: await freePort(), tls, limits: limitsWith() },
    upstream: { address: '127.0.0.1:1', tls: undefined, credential: { kind: 'none' } },
    issuers: [issuerSettings('http://127.0.0.1:1')],
    policyFile: '',
    candidateFile: undefined,
    audit,
    ops: {
      host: '127.0.0.1',
      port: await freePort(),
      review: { login: undefined, temporalUiUrl: undefined },
    },
    log: { level: 'info' },
    ...others,
  }
  const { log, lines } = keptLog()
  const parts: ServiceParts = { settings, policy, log, version: '0.1.0' }
  return { parts, settings, directory: audit.directory, lines }
}

void t.test(
  'with upstream and issuer away the service starts, and says what is missing',
  async (t) => {
    const { parts, lines } = await partsFor(t)
    const service = await startService(parts)
    t.teardown(service.stop)
    const url = `http://127.0.0.1:${service.opsAddress.port}`
    t.equal((await fetch(`${url}/livez`)).status, 200)
    const ready = await fetch(`${url}/readyz`)
    t.equal(ready.status, 503)
    t.match(await ready.json(), {
      ready: false,
      checks: [
        { name: 'running', ready: true },
        { name: 'journal', ready: true },
        { name: 'upstream', ready: false, detail: /ECONNREFUSED/ },
        { name: 'issuer gitlab', ready: false },
      ],
    })
    t.ok(lines().some(({ msg }) => msg === 'serving'))
  },
)

void t.test('stopping twice is stopping once, and the journal ends with it', async (t) => {
  const { parts, directory, settings } = await partsFor(t)
  const service = await startService({ ...parts, now: () => Date.parse('2026-11-23T09:14:02Z') })
  await service.stop()
  await service.stop()
  t.match(framedEntriesIn(directory), [
    { kind: 'start', time: '2026-11-23T09:14:02.000Z', policy_hash: policy.hash },
    { kind: 'stop' },
  ])
  t.equal(await isListening(settings.listen.port), false)
  t.equal(await isListening(settings.ops.port), false)
})

void t.test('a journal that cannot be opened stops the start, and nothing listens', async (t) => {
  const { parts, settings } = await partsFor(t)
  const audit = { ...settings.audit, directory: '/proc/sallyport/audit' }
  await t.rejects(startService({ ...parts, settings: { ...settings, audit } }), /\/proc\/sallyport/)
  t.equal(await isListening(settings.listen.port), false)
  t.equal(await isListening(settings.ops.port), false)
})

const failures: Readonly<Record<string, (s: Settings) => Promise<Settings> | Settings>> = {
  'a certificate that cannot be read': (settings) => ({
    ...settings,
    listen: { ...settings.listen, tls: { certFile: '/nowhere/crt', keyFile: '/nowhere/key' } },
  }),
  'an authority of the upstream that cannot be read': (settings) => {
    const files = { caFile: '/nowhere/ca', certFile: undefined, keyFile: undefined }
    const tls = { ...files, serverName: undefined }
    return { ...settings, upstream: { ...settings.upstream, tls } }
  },
}

for (const [name, spoil] of Object.entries(failures)) {
  void t.test(`${name} stops the start, and a better one follows`, async (t) => {
    const { parts, settings } = await partsFor(t)
    await t.rejects(startService({ ...parts, settings: await spoil(settings) }), /\/nowhere/)
    t.equal(await isListening(settings.ops.port), false)
    const service = await startService(parts)
    await service.stop()
  })
}

for (const which of ['listen', 'ops'] as const) {
  void t.test(
    `a port for ${which} that is taken stops the start, and nothing stays open`,
    async (t) => {
      const { parts, settings, directory } = await partsFor(t)
      const { port } = settings[which]
      const squatter = createServer().listen(port, '127.0.0.1')
      await once(squatter, 'listening')
      await t.rejects(startService(parts), { code: 'EADDRINUSE', port })
      t.equal(await isListening(settings[which === 'ops' ? 'listen' : 'ops'].port), false)
      t.match(framedEntriesIn(directory), [{ kind: 'start' }, { kind: 'stop' }])
      await new Promise((resolve) => squatter.close(resolve))
      const service = await startService(parts)
      await service.stop()
    },
  )
}

void t.test('odd paths are unknown methods to a known caller, and nothing to others', async (t) => {
  const upstream = await startUpstream(() => ({ message: Buffer.alloc(0) }))
  t.teardown(upstream.close)
  const sallyport = await startSallyport(t, { machines, upstreamAddress: upstream.address })
  const caller = sallyport.caller()
  const path = '/temporal.api.workflowservice.v1.WorkflowService/StartWorkflowExecution'
  const odd = [`/${path}`, `${path}/`, `${path}?a=b`, path.replace('S', '%53'), '/x/Y', '/']
  for (const path of odd) {
    const known = await caller.call(path, new Uint8Array())
    t.match(known, { status: 12, words: /^unknown method \[method_unknown d-/ }, path)
    const unknown = await caller.call(path, new Uint8Array(), { token: null })
    t.match(unknown, { status: 16, words: /credential_missing/ }, path)
  }
  t.equal(upstream.calls.length, 0)
  const entries = await sallyport.entriesWhen(odd.length * 2)
  t.match(entries[0], { outcome: 'refused', code: 'method_unknown', path: odd[0] })
  const metrics = await sallyport.metrics()
  t.match(
    metrics,
    /sallyport_calls_total\{service="unknown",method="unknown",outcome="refused",code="method_unknown"\} 6/,
  )
  t.notMatch(metrics, 'x/Y', 'what a caller sends becomes no label')
  t.match(metrics, /sallyport_issuer_events_total\{issuer="gitlab",event="\w+"\}/)
})

void t.test('a message that is too large is refused while it is still being sent', async (t) => {
  const sallyport = await startSallyport(t, { machines, upstreamAddress: '127.0.0.1:1' })
  const message = Buffer.alloc(5 * 1024 * 1024)
  const reply = await sallyport.caller().call('StartWorkflowExecution', message)
  t.match(reply, { status: 8, words: /^grpc: received message larger than max/ })
})

void t.test('metadata that gRPC cannot carry is refused, and harms nobody', async (t) => {
  const upstream = await startUpstream(() => ({ message: Buffer.alloc(0) }))
  t.teardown(upstream.close)
  const sallyport = await startSallyport(t, { machines, upstreamAddress: upstream.address })
  const session = await connectRaw(t, `https://${sallyport.address}`, { ca: sallyport.ca })
  const headers = {
    ':path': '/temporal.api.workflowservice.v1.WorkflowService/StartWorkflowExecution',
    authorization: `Bearer ${sallyport.mint()}`,
  }
  const message = frameOf(encodeRequest('StartWorkflowExecution', start))
  const odd = await ask(session, { ...headers, 'x-name': 'Grüße' }, message)
  t.match(odd.blocks[0]?.headers, { 'grpc-status': '3', 'grpc-message': /metadata_malformed/ })
  const fine = await ask(session, headers, message)
  t.match(fine.blocks[1]?.headers, { 'grpc-status': '0' })
})

void t.test('a caller is not told where the upstream is', async (t) => {
  const sallyport = await startSallyport(t, { machines, upstreamAddress: '127.0.0.1:1' })
  const reply = await sallyport.caller().call('StartWorkflowExecution', start)
  t.match(reply, { status: 14, words: /^the Temporal frontend cannot be reached .*d-/ })
  t.notMatch(reply.words, '127.0.0.1')
  t.match(await sallyport.entriesWhen(2), [
    { kind: 'decision', outcome: 'allowed' },
    { kind: 'completion', outcome: 'failed', code: 'upstream_unavailable', grpc_status: 14 },
  ])
})

/** A service with one call that the upstream holds until it is let go. */
async function startBusy(t: Test, drainTimeoutMs?: number) {
  const { promise: allowed, resolve: allow } = Promise.withResolvers<void>()
  const upstream = await startUpstream(async () => {
    await allowed
    return { message: Buffer.from('an answer') }
  })
  t.teardown(upstream.close)
  const sallyport = await startSallyport(t, {
    machines,
    upstreamAddress: upstream.address,
    ...(drainTimeoutMs !== undefined && { drainTimeoutMs }),
  })
  const caller = sallyport.caller()
  const running = caller.call('StartWorkflowExecution', start)
  await until(() => upstream.calls.length === 1)
  return { upstream, sallyport, caller, running, allow }
}

void t.test('a service that goes away lets a call end, and takes no other', async (t) => {
  const { sallyport, caller, running, allow } = await startBusy(t)
  t.match(await sallyport.metrics(), /^sallyport_calls_in_flight 1$/m)
  const stopped = sallyport.service.stop()
  t.match(await caller.call('StartWorkflowExecution', start), {
    status: 14,
    words: /^this replica is shutting down; try again \[draining d-/,
  })
  const health = await caller.call('/grpc.health.v1.Health/Check', new Uint8Array(), {
    token: null,
  })
  t.same(health.message, Buffer.from([8, 2]), 'not serving')
  const ready = await fetch(`${sallyport.opsUrl}/readyz`)
  t.equal(ready.status, 503)
  t.match(await ready.json(), { checks: [{ name: 'running', detail: 'shutting down' }] })
  allow()
  t.match(await running, { status: 0, message: Buffer.from('an answer') })
  await stopped
  t.match(framedEntriesIn(join(sallyport.directory, 'audit')), [
    { kind: 'start' },
    { kind: 'identity' },
    { outcome: 'allowed' },
    { outcome: 'refused', code: 'draining' },
    { kind: 'completion', outcome: 'completed' },
    { kind: 'stop' },
  ])
})

void t.test('a call that does not end in time is cut, and that is recorded', async (t) => {
  const { sallyport, running, upstream } = await startBusy(t, 50)
  await sallyport.service.stop()
  t.not((await running).status, 0)
  await until(() => upstream.calls[0]?.isCancelled() ?? false)
  t.match(framedEntriesIn(join(sallyport.directory, 'audit')), [
    { kind: 'start' },
    { kind: 'identity' },
    { outcome: 'allowed' },
    { kind: 'completion', outcome: 'cancelled', grpc_status: 1 },
    { kind: 'stop' },
  ])
})

void t.test('connections that are silent do not hold up the end', async (t) => {
  const { parts, settings } = await partsFor(t)
  const service = await startService(parts)
  const silent = connect(settings.listen.port, '127.0.0.1').resume()
  await once(silent, 'connect')
  const cut = once(silent, 'close')
  await service.stop()
  await cut
})

void t.test('keys of the issuer are fetched at the start, and readiness follows', async (t) => {
  const upstream = await startUpstream(() => ({}))
  t.teardown(upstream.close)
  const issuer = await startIssuer()
  t.teardown(issuer.close)
  const sallyport = await startSallyport(t, { machines, upstreamAddress: upstream.address, issuer })
  await until(async () => (await fetch(`${sallyport.opsUrl}/readyz`)).status === 200)
  t.equal(issuer.requests.keys, 1)
})
