import { once } from 'node:events'
import { createServer, connect, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { TLSSocket } from 'node:tls'
import { Worker } from 'node:worker_threads'
import t, { type Test } from 'tap'
import type { UpstreamSettings } from '../../src/config/settings.ts'
import { createUpstream } from '../../src/forward/upstream.ts'
import { keptLog } from '../support/audit-files.ts'
import { makeAuthority, type KeyPair } from '../support/authority.ts'
import { callOf, grantOf } from '../support/granted-call.ts'
import { recordAnswer } from '../support/recorded-answer.ts'
import { answerOk, startHttp2Upstream } from '../support/http2-upstream.ts'
import { startUpstream } from '../support/upstream.ts'
import { ownAddresses } from '../support/own-addresses.ts'

const authority = await makeAuthority()
const stranger = await makeAuthority()

function open(t: Test, settings: Partial<UpstreamSettings>) {
  const defaults = { address: '127.0.0.1:1', tls: undefined, credential: { kind: 'none' } } as const
  const upstream = createUpstream({ upstream: { ...defaults, ...settings }, log: keptLog().log })
  t.teardown(upstream.close)
  return upstream
}

async function call(t: Test, settings: Partial<UpstreamSettings>) {
  const call = callOf('DescribeNamespace', { deadline: Date.now() + 20_000 })
  return open(t, settings).forward(call, grantOf(call), recordAnswer().answer)
}

/** TLS settings from PEM, by way of files. */
function tlsFrom(t: Test, pems: { ca?: string; client?: KeyPair; serverName?: string }) {
  const directory = t.testdir({
    'ca.crt': pems.ca ?? '',
    'tls.crt': pems.client?.cert ?? '',
    'tls.key': pems.client?.key ?? '',
  })
  return {
    caFile: pems.ca && join(directory, 'ca.crt'),
    certFile: pems.client && join(directory, 'tls.crt'),
    keyFile: pems.client && join(directory, 'tls.key'),
    serverName: pems.serverName,
  }
}

void t.test('calls go in plaintext with the key from the file', async (t) => {
  const stand = await startUpstream(() => ({ message: Buffer.alloc(0) }))
  t.teardown(stand.close)
  const file = join(t.testdir({ key: 'key-1' }), 'key')
  const credential = { kind: 'api_key_file', file } as const
  t.match(await call(t, { address: stand.address, credential }), { result: 'completed' })
  t.match(stand.calls, [{ headers: { authorization: 'Bearer key-1' } }])
})

void t.test('an upstream is believed by the authority in the file and its name', async (t) => {
  const tls = await authority.sign('localhost', 'frontend.internal')
  const { port } = await startHttp2Upstream(t, { tls }, answerOk)
  const ca = authority.cert
  const outcomes = [
    await call(t, { address: `localhost:${port}`, tls: tlsFrom(t, { ca }) }),
    await call(t, { address: `localhost:${port}`, tls: tlsFrom(t, { ca: stranger.cert }) }),
    await call(t, { address: `localhost:${port}`, tls: tlsFrom(t, {}) }),
    await call(t, {
      address: `127.0.0.1:${port}`,
      tls: tlsFrom(t, { ca, serverName: 'frontend.internal' }),
    }),
    await call(t, {
      address: `localhost:${port}`,
      tls: tlsFrom(t, { ca, serverName: 'other.internal' }),
    }),
  ]
  const unavailable = { refused: true, code: 'upstream_unavailable' }
  const completed = { result: 'completed' }
  t.match(outcomes, [completed, unavailable, unavailable, completed, unavailable])
})

void t.test('an upstream that asks for a certificate gets ours', async (t) => {
  const names: string[] = []
  const tls = {
    ...(await authority.sign('localhost')),
    ca: authority.cert,
    requestCert: true,
    rejectUnauthorized: true,
  }
  const { port } = await startHttp2Upstream(t, { tls }, (stream) => {
    const socket = stream.session?.socket as TLSSocket
    names.push(String(socket.getPeerCertificate().subject.CN))
    answerOk(stream)
  })
  const address = `localhost:${port}`
  const ca = authority.cert
  const ours = { ca, client: await authority.sign('sallyport') }
  t.match(await call(t, { address, tls: tlsFrom(t, ours) }), { result: 'completed' })
  t.same(names, ['sallyport'])
  const theirs = { ca, client: await stranger.sign('sallyport') }
  t.match(await call(t, { address, tls: tlsFrom(t, theirs) }), { refused: true })
  t.match(await call(t, { address, tls: tlsFrom(t, { ca }) }), { refused: true })
  t.equal(names.length, 1)
})

for (const missing of ['caFile', 'certFile', 'keyFile']) {
  void t.test(`a ${missing} that is missing stops the start`, async (t) => {
    const client = await authority.sign('sallyport')
    const tls = { ...tlsFrom(t, { ca: authority.cert, client }), [missing]: '/nowhere/file' }
    t.throws(() => open(t, { tls }), { code: 'ENOENT', path: '/nowhere/file' })
  })
}

void t.test('its state says what is open and what has happened', async (t) => {
  const stand = await startUpstream(() => ({ message: Buffer.alloc(0) }))
  t.teardown(stand.close)
  const upstream = open(t, { address: stand.address })
  t.match(upstream.state(), { polls: { sessions: 0 }, others: { sessions: 0 }, events: new Map() })
  const call = callOf('DescribeNamespace')
  await upstream.forward(call, grantOf(call), recordAnswer().answer)
  t.match(upstream.state(), {
    polls: { sessions: 0, calls: 0, waiting: 0 },
    others: { sessions: 1, calls: 0, waiting: 0 },
    events: new Map([['connected', 1]]),
  })
})

for (const [host, written] of [
  ['127.0.0.1', '127.0.0.1'],
  ['::1', '[::1]'],
] as const) {
  const skip = ownAddresses.has(host) ? false : `this machine has no ${host}`
  void t.test(
    `an upstream at ${written} that takes connections is no trouble`,
    { skip },
    async (t) => {
      const server = createServer((socket) => socket.destroy())
      await new Promise<void>((resolve) => server.listen(0, host, resolve))
      const { port } = server.address() as AddressInfo
      const upstream = open(t, { address: `${written}:${port}` })
      t.equal(await upstream.trouble(), undefined)
      await new Promise((resolve) => server.close(resolve))
      t.match(await upstream.trouble(), /ECONNREFUSED/)
    },
  )
}

void t.test('an upstream that does not answer is trouble within two seconds', async (t) => {
  // A listener that never accepts, with no room for more connections.
  const source = `
    const { createServer } = require('node:net')
    const { parentPort } = require('node:worker_threads')
    const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      parentPort.postMessage(server.address().port)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    })`
  const worker = new Worker(source, { eval: true })
  t.teardown(() => worker.terminate())
  const [port] = (await once(worker, 'message')) as [number]
  const crowd = Array.from({ length: 8 }, () => connect(port, '127.0.0.1'))
  for (const socket of crowd) socket.on('error', () => undefined)
  t.teardown(() => crowd.forEach((socket) => socket.destroy()))
  await once(crowd[0] as never, 'connect')
  const upstream = open(t, { address: `127.0.0.1:${port}` })
  t.equal(await upstream.trouble(), 'no answer within 2000 ms')
})
