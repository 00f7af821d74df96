import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** How a path to the upstream can fail. */
export type Fault =
  | 'none'
  /** Bytes go into nothing, and connections stand: a partition. */
  | 'drops'
  /** Connections are refused, and those that stand are cut. */
  | 'refuses'
  /** Connections are taken, and nobody is there. */
  | 'silent'
  /** Bytes go on a few at a time. */
  | 'slow'

/** A way to the upstream that fails as it is told to. */
export interface FaultProxy {
  readonly address: string
  /** From now on the way fails like this, for connections that stand as well. */
  readonly fail: (fault: Fault) => void
  /** Ends the sending half of each connection of the upstream: the rest stays half-open. */
  readonly halfClose: () => void
  /** Cuts each connection, at once. */
  readonly cut: () => void
  /** Connections that came so far. */
  readonly connections: () => number
  readonly close: () => Promise<void>
}

const slowBytes = 64
const slowMs = 5

/** Starts one in front of an address. */
export async function startFaultProxy(upstream: string): Promise<FaultProxy> {
  const [host = '', port] = upstream.split(':')
  const pairs = new Set<readonly [inner: Socket, outer: Socket]>()
  let fault: Fault = 'none'
  let connections = 0
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (inner) => {
    connections += 1
    inner.on('error', () => undefined)
    if (fault === 'refuses') return void inner.destroy()
    const outer = connect({ port: Number(port), host, noDelay: true, allowHalfOpen: true })
    outer.on('error', () => undefined)
    const pair = [inner, outer] as const
    pairs.add(pair)
    for (const socket of pair) {
      socket.once('close', () => {
        pairs.delete(pair)
        // In a partition nobody hears of the end either.
        if (fault !== 'drops') for (const end of pair) end.destroy()
      })
    }
    pass(inner, outer, () => fault)
    pass(outer, inner, () => fault)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    for (const pair of pairs) for (const socket of pair) socket.destroy()
  }
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    fail: (how) => {
      fault = how
      if (how === 'refuses') cut()
    },
    halfClose: () => {
      for (const [inner] of pairs) inner.end()
    },
    cut,
    connections: () => connections,
    close: async () => {
      fault = 'none'
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Passes bytes on, or does with them what the fault says at that moment. */
function pass(from: Socket, to: Socket, fault: () => Fault): void {
  const slowly: Buffer[] = []
  let timer: NodeJS.Timeout | undefined
  const drip = () => {
    const first = slowly.shift()
    if (first === undefined || to.destroyed) {
      clearInterval(timer)
      timer = undefined
      return
    }
    to.write(first.subarray(0, slowBytes))
    if (first.length > slowBytes) slowly.unshift(first.subarray(slowBytes))
  }
  from.on('data', (chunk: Buffer) => {
    const how = fault()
    if (how === 'drops' || how === 'silent') return
    if (how !== 'slow' && slowly.length === 0) return void to.write(chunk)
    slowly.push(chunk)
    timer ??= setInterval(drip, slowMs)
  })
  from.on('end', () => {
    if (fault() !== 'drops') to.end()
  })
}
