import { once } from 'node:events'
import { readFileSync, statSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:tls'
import t from 'tap'
import { writeCertificates } from '../../src/demo/certificates.ts'

void t.test('a client that trusts the authority connects by name and by address', async (t) => {
  const { caFile, certFile, keyFile } = await writeCertificates(t.testdir())
  t.equal(statSync(keyFile).mode & 0o777, 0o600)
  const server = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  for (const identity of [{}, { servername: 'localhost' }]) {
    const socket = connect({ port, host: '127.0.0.1', ca: readFileSync(caFile), ...identity })
    await once(socket, 'secureConnect')
    t.ok(socket.authorized, JSON.stringify(identity))
    socket.destroy()
  }
  const stranger = connect({ port, host: '127.0.0.1' })
  const [error] = (await once(stranger, 'error')) as [NodeJS.ErrnoException]
  t.match(error.code, /UNABLE_TO_VERIFY|SELF_SIGNED/)
})
