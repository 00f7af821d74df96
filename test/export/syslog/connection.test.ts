import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openConnection, type ConnectionOptions } from '../../../src/export/syslog/connection.ts'
import { until } from '../../support/audit-files.ts'
import { makeCertificate } from '../../support/certificate.ts'
import { startSyslogReceiver } from '../../support/syslog-receiver.ts'

const pems = await makeCertificate()
const { signal } = new AbortController()

function optionsFor(t: Test, port: number, options: Partial<ConnectionOptions> = {}) {
  const caFile = join(t.testdir({ ca: pems.cert }), 'ca')
  const files = { caFile, certFile: undefined, keyFile: undefined }
  return { host: '127.0.0.1', port, ...files, ...options }
}

async function connected(t: Test) {
  const receiver = await startSyslogReceiver(t, pems)
  const connection = await openConnection(optionsFor(t, receiver.port), signal)
  t.teardown(connection.destroy)
  return { receiver, connection }
}

t.test('writes to a server whose certificate is for it', async (t) => {
  const { receiver, connection } = await connected(t)
  await connection.write(Buffer.from('1 '), signal)
  t.ok(connection.isOpen())
  await connection.end()
  t.notOk(connection.isOpen())
  await connection.end()
  t.same(receiver.faults, [])
})

t.test(
  'a certificate of no known authority is refused, as Node knows them or as given',
  async (t) => {
    const { port } = await startSyslogReceiver(t, pems)
    const refused = { message: /self-signed certificate/ }
    await t.rejects(openConnection(optionsFor(t, port, { caFile: undefined }), signal), refused)
    const options = optionsFor(t, port)
    writeFileSync(String(options.caFile), (await makeCertificate()).cert)
    await t.rejects(openConnection(options, signal), refused)
  },
)

t.test('a certificate for another host is refused', async (t) => {
  const { port } = await startSyslogReceiver(t, pems)
  // The same machine by a name that the certificate does not have.
  const elsewhere = optionsFor(t, port, { host: '127.1' })
  await t.rejects(openConnection(elsewhere, signal), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
})

t.test('the environment cannot switch checks off', async (t) => {
  const name = 'NODE_TLS_REJECT_UNAUTHORIZED'
  process.env[name] = '0'
  t.teardown(() => delete process.env[name])
  const { port } = await startSyslogReceiver(t, pems)
  const options = optionsFor(t, port, { caFile: undefined })
  await t.rejects(openConnection(options, signal), { message: /self-signed certificate/ })
})

t.test('TLS before 1.2 is not spoken', async (t) => {
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' } as const
  const { port } = await startSyslogReceiver(t, { ...pems, ...old })
  await t.rejects(openConnection(optionsFor(t, port), signal), { message: /protocol version/i })
})

t.test('files that are not there are named', async (t) => {
  for (const name of ['caFile', 'certFile', 'keyFile']) {
    const options = optionsFor(t, 1, { [name]: `/nowhere/${name}` })
    await t.rejects(openConnection(options, signal), { message: new RegExp(`/nowhere/${name}`) })
  }
})

t.test('a server that says nothing is given up when told', async (t) => {
  const { port, sockets } = await listenAt(t, () => undefined)
  const controller = new AbortController()
  const rejected = t.rejects(openConnection(optionsFor(t, port), controller.signal), {
    message: 'the end',
  })
  await until(() => sockets.length > 0)
  controller.abort(new Error('the end'))
  await rejected
  await t.rejects(openConnection(optionsFor(t, port), controller.signal), { message: 'the end' })
})

t.test('a server that closes in the handshake is no connection', async (t) => {
  const { port } = await listenAt(t, (socket) => socket.destroy())
  await t.rejects(openConnection(optionsFor(t, port), signal))
})

t.test('a server that leaves is noticed while nothing is written', async (t) => {
  const { receiver, connection } = await connected(t)
  await until(() => receiver.connections.length > 0)
  receiver.connections[0]?.end()
  await until(() => !connection.isOpen())
  await t.rejects(connection.write(Buffer.from('1 '), signal), {
    message: 'the connection was closed by the other side',
  })
})

t.test('a write that the other side does not read is given up when told', async (t) => {
  const { receiver, connection } = await connected(t)
  await until(() => receiver.connections.length > 0)
  receiver.connections[0]?.pause()
  const controller = new AbortController()
  const large = Buffer.alloc(64 * 1024 * 1024, ' ')
  const rejected = t.rejects(connection.write(large, controller.signal), { message: 'the end' })
  controller.abort(new Error('the end'))
  await rejected
  await connection.end()
  t.notOk(connection.isOpen(), 'the end is bounded, too')
})

t.test('a write fails with the connection', async (t) => {
  const { receiver, connection } = await connected(t)
  await until(() => receiver.connections.length > 0)
  receiver.connections[0]?.pause()
  const written = connection.write(Buffer.alloc(64 * 1024 * 1024, ' '), signal)
  const rejected = t.rejects(written)
  connection.destroy()
  await rejected
})

t.test('how long it has lasted counts from its beginning', async (t) => {
  const { receiver, connection } = await connected(t)
  await connection.outlast(0, signal)
  const before = performance.now()
  await connection.outlast(100, signal)
  t.ok(performance.now() - before < 5_000)
  await connection.outlast(50, signal)
  const waiting = t.rejects(connection.outlast(60_000, signal), {
    message: 'the connection was closed by the other side',
  })
  await receiver.stop()
  await waiting
  await t.rejects(connection.outlast(60_000, AbortSignal.abort(new Error('the end'))))
})

/** A server without TLS. */
async function listenAt(t: Test, onSocket: (socket: Socket) => void) {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined))
    onSocket(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return { port: (server.address() as AddressInfo).port, sockets }
}
