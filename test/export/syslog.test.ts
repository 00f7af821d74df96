import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createSyslogSink, type SyslogOptions } from '../../src/export/syslog.ts'
import { until } from '../support/audit-files.ts'
import { makeCertificate } from '../support/certificate.ts'
import { idOf } from '../support/chained-lines.ts'
import { exportedEntries } from '../support/exported-entries.ts'
import { startSyslogReceiver, type SyslogReceiver } from '../support/syslog-receiver.ts'

const pems = await makeCertificate()
const client = await makeCertificate()
const { signal } = new AbortController()

function sinkFor(t: Test, port: number, options: Partial<SyslogOptions> = {}) {
  const directory = t.testdir({ ca: pems.cert, ...client })
  const files = { caFile: join(directory, 'ca'), certFile: undefined, keyFile: undefined }
  const place = { host: '127.0.0.1', port, ...files }
  const sink = createSyslogSink({ format: 'native', settleMs: 50, ...place, ...options })
  t.teardown(sink.close)
  return sink
}

const idsOf = ({ messages }: SyslogReceiver) => messages.map(({ parameters }) => parameters['id'])

t.test('batches go as frames over one connection, and all of it arrives', async (t) => {
  const receiver = await startSyslogReceiver(t, pems)
  const sink = sinkFor(t, receiver.port)
  const entries = exportedEntries(1, 40, 30_000)
  await sink.deliver(entries.slice(0, 20), signal)
  await sink.deliver(entries.slice(20), signal)
  await sink.close()
  t.same(
    receiver.messages.map(({ text }) => text),
    entries.map(({ line }) => line),
  )
  t.equal(receiver.connections.length, 1)
  t.same(receiver.faults, [])
})

t.test('the format of the settings is kept to', async (t) => {
  const receiver = await startSyslogReceiver(t, pems)
  const sink = sinkFor(t, receiver.port, { format: 'cloudevents' })
  await sink.deliver(exportedEntries(1, 1), signal)
  await sink.close()
  t.match(JSON.parse(receiver.messages[0]?.text ?? ''), { specversion: '1.0', id: idOf(1) })
})

t.test('a connection that is lost is made again', async (t) => {
  const receiver = await startSyslogReceiver(t, pems)
  const sink = sinkFor(t, receiver.port)
  await sink.deliver(exportedEntries(1, 2), signal)
  await until(() => receiver.messages.length === 2)
  receiver.connections[0]?.end()
  await until(async () => {
    await sink.deliver(exportedEntries(3, 3), signal).catch(() => undefined)
    return receiver.connections.length > 1
  })
  await sink.close()
  t.same([...new Set(idsOf(receiver))], [idOf(1), idOf(2), idOf(3)])
})

t.test('a batch that did not get through goes again, whole, over another connection', async (t) => {
  const receiver = await startSyslogReceiver(t, pems)
  receiver.onConnection((socket) => {
    socket.once('data', () => socket.destroy())
    receiver.onConnection(() => undefined)
  })
  const batch = exportedEntries(1, 3)
  await t.rejects(sinkFor(t, receiver.port, { settleMs: 9_000 }).deliver(batch, signal), {
    name: 'DeliveryFailure',
  })
  const before = receiver.messages.length
  const sink = sinkFor(t, receiver.port)
  await sink.deliver(batch, signal)
  await sink.close()
  t.same(idsOf(receiver).slice(before), [idOf(1), idOf(2), idOf(3)])
  t.equal(receiver.connections.length, 2)
})

t.test('a server that refuses this client after the handshake has taken nothing', async (t) => {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const receiver = await startSyslogReceiver(t, {
      ...pems,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: version,
      maxVersion: version,
    })
    const sink = sinkFor(t, receiver.port, { settleMs: 60_000, timeoutMs: 60_000 })
    await t.rejects(
      sink.deliver(exportedEntries(1, 1), signal),
      { name: 'DeliveryFailure' },
      version,
    )
    t.same(receiver.messages, [])
  }
})

t.test('a server that asks for a certificate gets it', async (t) => {
  const receiver = await startSyslogReceiver(t, {
    ...pems,
    ca: client.cert,
    requestCert: true,
    rejectUnauthorized: true,
  })
  const sink = sinkFor(t, receiver.port, {
    certFile: join(t.testdirName, 'cert'),
    keyFile: join(t.testdirName, 'key'),
  })
  await sink.deliver(exportedEntries(1, 1), signal)
  await sink.close()
  t.same(idsOf(receiver), [idOf(1)])
  t.ok(receiver.connections[0]?.authorized)
})

t.test('a server that does not read is given up after a time, and tried anew', async (t) => {
  const receiver = await startSyslogReceiver(t, pems)
  receiver.onConnection((socket) => void socket.pause())
  const sink = sinkFor(t, receiver.port, { timeoutMs: 1_000 })
  const large = exportedEntries(1, 300, 60_000)
  await t.rejects(sink.deliver(large, signal), {
    name: 'DeliveryFailure',
    message: `127.0.0.1:${receiver.port} did not take it within 1 s`,
  })
  receiver.onConnection(() => undefined)
  await sink.deliver(exportedEntries(1, 1), signal)
  await until(() => receiver.messages.length > 0)
  t.same(idsOf(receiver), [idOf(1)], 'half a frame is followed by nothing')
})

t.test('a server that is away is named', async (t) => {
  const receiver = await startSyslogReceiver(t, pems)
  await receiver.stop()
  await t.rejects(sinkFor(t, receiver.port).deliver(exportedEntries(1, 1), signal), {
    name: 'DeliveryFailure',
    message: /^127\.0\.0\.1:[0-9]+: .*ECONNREFUSED/,
  })
})

t.test('what is told to end ends', async (t) => {
  const receiver = await startSyslogReceiver(t, pems)
  const ended = AbortSignal.abort(new Error('the end'))
  const place = `127.0.0.1:${receiver.port}`
  await t.rejects(sinkFor(t, receiver.port).deliver(exportedEntries(1, 1), ended), {
    message: `${place}: the end`,
  })
})

t.test('one that was never used can be closed', async (t) => {
  await sinkFor(t, 1).close()
  t.pass()
})
