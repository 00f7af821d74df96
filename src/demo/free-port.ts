import { createServer, type AddressInfo } from 'node:net'

/**
 * A loopback port that nobody listens on: the preferred one, so that what the demo prints is the
 * same from run to run, or else any.
 */
export async function freePort(preferred = 0): Promise<number> {
  return (await probe(preferred)) ?? freePort()
}

async function probe(port: number): Promise<number | undefined> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => {
      const { port: free } = server.address() as AddressInfo
      server.close(() => resolve(free))
    })
  })
}
