import { copyFileSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { createServer as createTlsServer, type TlsOptions, type TLSSocket } from 'node:tls'
import t, { type Test } from 'tap'
import type { UpstreamSettings } from '../../src/config/settings.ts'
import { createConnect } from '../../src/forward/connect.ts'
import { keptLog, until } from '../support/audit-files.ts'
import { makeAuthority } from '../support/authority.ts'
import { ownAddresses } from '../support/own-addresses.ts'

const authority = await makeAuthority()
const none = { caFile: undefined, certFile: undefined, keyFile: undefined, serverName: undefined }

async function listen(t: Test, server: Server, host = '127.0.0.1'): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => undefined)))
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** A TLS server that keeps the names it was asked for and shown. */
async function startTls(t: Test, options: TlsOptions = {}) {
  const names: unknown[] = []
  const pair = await authority.sign('localhost', 'frontend.internal')
  const server = createTlsServer({ ...pair, ALPNProtocols: ['h2'], ...options }, (socket) => {
    const { servername, alpnProtocol } = socket as TLSSocket & { servername: unknown }
    names.push([servername, alpnProtocol, socket.getPeerCertificate()?.subject?.CN])
    socket.on('error', () => undefined)
  })
  return { names, server, port: await listen(t, server) }
}

function connecting(
  t: Test,
  upstream: Partial<UpstreamSettings>,
  others: { readonly connectMaxMs?: number } = {},
) {
  const { log, lines } = keptLog()
  const defaults = { address: '', tls: undefined, credential: { kind: 'none' } } as const
  const connect = createConnect({ upstream: { ...defaults, ...upstream }, log, ...others })
  const open = async () => {
    const socket = await connect()
    t.teardown(() => socket.destroy())
    return socket
  }
  return { open, lines }
}

for (const [host, written] of [
  ['127.0.0.1', '127.0.0.1'],
  ['::1', '[::1]'],
] as const) {
  const skip = ownAddresses.has(host) ? false : `this machine has no ${host}`
  void t.test(`it connects in clear text to ${written}`, { skip }, async (t) => {
    const port = await listen(t, createServer(), host)
    const { open } = connecting(t, { address: `${written}:${port}` })
    t.equal((await open()).remoteAddress, host)
  })
}

void t.test('an upstream that is away is told at once', async (t) => {
  const { open } = connecting(t, { address: '127.0.0.1:1' })
  await t.rejects(open(), { code: 'ECONNREFUSED' })
})

void t.test('an upstream that takes the connection and says nothing is given up', async (t) => {
  const port = await listen(t, createServer())
  const address = `127.0.0.1:${port}`
  const { open } = connecting(t, { address, tls: none }, { connectMaxMs: 30 })
  await t.rejects(open(), { message: 'the upstream did not answer within 30 ms' })
})

void t.test('an upstream that hangs up before TLS stands is told', async (t) => {
  const port = await listen(
    t,
    createServer((socket) => socket.end()),
  )
  const { open } = connecting(t, { address: `127.0.0.1:${port}`, tls: none })
  await t.rejects(open(), /socket disconnected|hung up/)
})

void t.test('TLS asks for h2 and for the name, but for no address', async (t) => {
  const { names, port } = await startTls(t)
  const caFile = join(t.testdir({ 'ca.crt': authority.cert }), 'ca.crt')
  const byName = { ...none, caFile }
  await connecting(t, { address: `localhost:${port}`, tls: byName }).open()
  const named = { ...byName, serverName: 'frontend.internal' }
  await connecting(t, { address: `127.0.0.1:${port}`, tls: named }).open()
  await until(() => names.length === 2)
  t.match(names, [
    ['localhost', 'h2'],
    ['frontend.internal', 'h2'],
  ])
  await t.rejects(connecting(t, { address: `127.0.0.1:${port}`, tls: byName }).open(), {
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  })
})

void t.test('an upstream that speaks no HTTP/2 is left', async (t) => {
  const { port, server } = await startTls(t, { ALPNProtocols: [] })
  const caFile = join(t.testdir({ 'ca.crt': authority.cert }), 'ca.crt')
  const { open } = connecting(t, { address: `localhost:${port}`, tls: { ...none, caFile } })
  await t.rejects(open(), /does not speak HTTP\/2/)
  const count = () => new Promise((resolve) => server.getConnections((_, left) => resolve(left)))
  await until(async () => (await count()) === 0)
})

void t.test('a certificate that was renewed is shown, and one that is broken is not', async (t) => {
  const asked = { requestCert: true, ca: authority.cert, rejectUnauthorized: true }
  const { names, port } = await startTls(t, asked)
  const [old, next] = [await authority.sign('old'), await authority.sign('next')]
  const directory = t.testdir({ 'ca.crt': authority.cert, 'c.crt': old.cert, 'c.key': old.key })
  const [caFile, certFile, keyFile] = ['ca.crt', 'c.crt', 'c.key'].map((name) =>
    join(directory, name),
  )
  const tls = { ...none, caFile, certFile, keyFile }
  const { open, lines } = connecting(t, { address: `localhost:${port}`, tls })
  const shown = async () => {
    const before = names.length
    await open()
    await until(() => names.length > before)
  }
  await shown()
  writeFileSync(join(directory, 'c.crt'), next.cert)
  await shown()
  t.match(lines(), [{ level: 'error', problem: /key values mismatch/ }])
  writeFileSync(join(directory, 'c.key'), next.key)
  await shown()
  t.match(
    names.map((one) => (one as unknown[])[2]),
    ['old', 'old', 'next'],
  )
  t.equal(lines().length, 1)
  copyFileSync(join(directory, 'ca.crt'), join(directory, 'c.key'))
  t.throws(() => connecting(t, { address: 'localhost:1', tls }), /DECODER|key|PEM/)
})

void t.test('a file that is missing stops the start', async (t) => {
  const tls = { ...none, caFile: '/nowhere/ca.crt' }
  t.throws(() => connecting(t, { address: 'localhost:1', tls }), { code: 'ENOENT' })
})
