import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import t from 'tap'
import { freePort } from '../../src/demo/free-port.ts'

void t.test(
  'a preferred port is given when it is free, and avoided when it is taken',
  async (t) => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port: taken } = server.address() as AddressInfo
    const other = await freePort(taken)
    t.not(other, taken)
    t.ok(other > 0)
    server.close()
    await once(server, 'close')
    t.equal(await freePort(taken), taken)
  },
)
