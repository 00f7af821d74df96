import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { createWireEnd, type WireEnd } from './wire-end.ts'
import type { Stream } from '../../src/wire/stream.ts'

/** Where calls go. */
export interface Target {
  readonly port: number
  readonly tls: boolean
}

/** A call under way, and what is told of its end. */
interface Pending {
  readonly began: number
  readonly onEnd: OnEnd
}

export type OnEnd = (isGood: boolean, began: number, status: string) => void

/** A caller's connection. */
export class Client {
  readonly #end: WireEnd<Pending>
  readonly #socket: Socket
  readonly #scheme: string

  private constructor(socket: Socket, scheme: string, onReady: () => void) {
    this.#socket = socket
    this.#scheme = scheme
    const finish = (stream: Stream<Pending>, list: readonly string[]) => {
      const status = list[list.indexOf('grpc-status') + 1] ?? 'none'
      stream.context?.onEnd(status === '0', stream.context.began, status)
    }
    this.#end = createWireEnd<Pending>({
      socket,
      role: 'client',
      onClosed: () => {
        const streams = [...this.#end.connection.streams.values()]
        for (const { context } of streams) context?.onEnd(false, context.began, 'closed')
      },
      handler: {
        onHead: (stream, list, ends) => ends && finish(stream, list),
        onData: (stream, part) => this.#end.connection.consume(stream, part.length),
        onTrailers: finish,
        onReset: ({ context }) => context?.onEnd(false, context.began, 'reset'),
        onSettings: onReady,
      },
    })
  }

  /** Connects, and waits until calls may be made. */
  static async connect({ port, tls }: Target): Promise<Client> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const where = { host: '127.0.0.1', port }
    const options = { ...where, ALPNProtocols: ['h2'], rejectUnauthorized: false }
    const socket = tls ? connectTls(options) : connect(where)
    socket.once('error', reject)
    socket.once('close', () => reject(new Error(`port ${port} hung up`)))
    const client = new Client(socket, tls ? 'https' : 'http', resolve)
    await promise
    return client
  }

  call(path: string, token: string, frame: Buffer, onEnd: OnEnd): void {
    const { connection, wake } = this.#end
    const list = [':method', 'POST', ':scheme', this.#scheme, ':path', path]
    list.push(':authority', 'localhost', 'te', 'trailers', 'content-type', 'application/grpc')
    list.push('authorization', `Bearer ${token}`)
    const stream = connection.open(list, false, { began: performance.now(), onEnd })
    connection.sendData(stream, frame)
    connection.sendEnd(stream)
    wake()
  }

  close(): void {
    this.#socket.destroy()
  }
}
