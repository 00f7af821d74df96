import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import t from 'tap'
import { until } from '../support/audit-files.ts'
import { createCaller } from '../support/caller.ts'
import { startFloodUpstream } from '../support/flood-upstream.ts'
import { serveSallyport } from '../support/served-sallyport.ts'

t.setTimeout(120_000)

const count = 300

/** The head of a record of 512 bytes that holds the greeting of TLS, and the first bytes of that. */
const halfGreeting = Buffer.from('1603010200010001fc0303000000', 'hex')

/** Ways to come to a listener with TLS, and to stop before anything is asked for. */
const dawdlers: Readonly<Record<string, (port: number, ca: string) => Socket>> = {
  'says nothing': (port) => connect(port, '127.0.0.1'),
  'stops in the middle of the handshake': (port) => {
    const socket = connect(port, '127.0.0.1')
    socket.write(halfGreeting)
    return socket
  },
  'says nothing behind the handshake': (port, ca) =>
    connectTls({ port, host: '127.0.0.1', servername: 'localhost', ca, ALPNProtocols: ['h2'] }),
}

t.test('whoever dawdles over TLS is cut in time, and harms nobody', async (t) => {
  const upstream = await startFloodUpstream()
  const sallyport = await serveSallyport({
    upstreamAddress: upstream.address,
    listenLimits: '{ greeting: 3s }',
  })
  const { port, ca, issuer, address } = sallyport
  const caller = createCaller({ address, ca, token: issuer.mint() })
  t.teardown(async () => {
    caller.close()
    await sallyport.stop()
    upstream.close()
  })
  const call = async () =>
    (await caller.call('DescribeNamespace', { namespace: 'payments' })).status
  t.equal(await call(), 0)
  const handles = sallyport.handles()
  for (const [how, start] of Object.entries(dawdlers)) {
    await t.test(`who ${how}`, async (t) => {
      const before = (await sallyport.refusals())['greeting'] ?? 0
      const closed: Socket[] = []
      const sockets = Array.from({ length: count }, () => {
        const socket = start(port, ca)
        socket.on('error', () => undefined)
        return socket.resume().once('close', () => closed.push(socket))
      })
      t.teardown(() => sockets.forEach((socket) => socket.destroy()))
      const failures: number[] = []
      while (closed.length < sockets.length) {
        const status = await call()
        if (status !== 0) failures.push(status)
      }
      t.same(failures, [], 'of somebody else’s calls')
      const after = (await sallyport.refusals())['greeting'] ?? 0
      t.equal(after - before, count, 'each is counted')
      await until(() => sallyport.handles() <= handles + 8)
    })
  }
})
