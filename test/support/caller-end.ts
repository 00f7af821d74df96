import type { Test } from 'tap'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import type { Answer } from '../../src/core/answer.ts'
import type { ListenLimits } from '../../src/config/settings.ts'
import type { Arrival } from '../../src/listen/arrival.ts'
import { CallerConnection } from '../../src/listen/caller-connection.ts'
import { HeldBytes } from '../../src/listen/held-bytes.ts'
import { until } from './audit-files.ts'
import { connectFramePeer } from './frame-peer.ts'
import { limitsWith } from './limits.ts'
import { connectRaw } from './raw-http2.ts'

/** A call that has come to where it would be handled. */
export interface TakenCall {
  readonly arrival: Arrival
  readonly answer: Answer
  /** Says that it was dealt with. */
  readonly release: () => void
}

/** Serves callers as a gateway does, and hands the calls that come to a test. */
export async function startCallerEnd(
  t: Test,
  limits: Partial<ListenLimits> = {},
  handle: (call: TakenCall) => void = () => undefined,
) {
  const calls: TakenCall[] = []
  const observed: string[] = []
  const connections: CallerConnection[] = []
  const sockets: Socket[] = []
  let closed = 0
  const all = limitsWith(limits)
  const held = new HeldBytes(all.bufferedBytesMax)
  const server = createServer((socket) => {
    sockets.push(socket)
    const connection = new CallerConnection({
      socket,
      limits: all,
      held,
      take: (arrival, taken) => {
        const call = { arrival, answer: taken.answer, release: () => taken.release() }
        calls.push(call)
        handle(call)
      },
      observe: (reason) => observed.push(reason),
      onClosed: () => (closed += 1),
    })
    connections.push(connection)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  /** The call that comes as the `count`th. */
  const call = async (count = 1) => {
    await until(() => calls.length >= count)
    return calls[count - 1] as TakenCall
  }
  return {
    port,
    calls,
    call,
    observed,
    connections,
    sockets,
    held,
    closed: () => closed,
    /** A caller whose every frame a test writes. */
    peer: () => connectFramePeer(t, port),
    /** A caller as node:http2 has it. */
    session: () => connectRaw(t, `http://127.0.0.1:${port}`),
  }
}

/** Heads of requests, for peers. */
export const requestHead = [
  ':method',
  'POST',
  ':scheme',
  'http',
  ':path',
  '/x/Y',
  ':authority',
  'a',
  'content-type',
  'application/grpc',
  'te',
  'trailers',
] as const
