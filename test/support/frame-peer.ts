import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import type { Test } from 'tap'
import { clientPreface, flag, frameType } from '../../src/wire/frames/codes.ts'
import { FrameReader } from '../../src/wire/frames/frame-reader.ts'
import { FrameWriter } from '../../src/wire/frames/frame-writer.ts'
import { HpackEncoder } from '../../src/wire/hpack/encoder.ts'
import { until } from './audit-files.ts'

export interface SeenFrame {
  readonly type: number
  readonly flags: number
  readonly id: number
  readonly payload: Buffer
}

/** The other end of an HTTP/2 connection, which says exactly what a test makes it say. */
export class FramePeer {
  readonly socket: Socket
  readonly frames: SeenFrame[] = []
  readonly #writer = new FrameWriter()
  readonly #encoder = new HpackEncoder(4096)
  isClosed = false

  constructor(socket: Socket, isServer: boolean) {
    this.socket = socket
    const reader = new FrameReader(
      {
        frame: (type, flags, id, payload) => {
          this.frames.push({ type, flags, id, payload: Buffer.from(payload) })
          return true
        },
        oversized: () => undefined,
      },
      16_384,
    )
    let left = isServer ? clientPreface.length : 0
    socket.on('data', (chunk: Buffer) => {
      const skipped = Math.min(left, chunk.length)
      left -= skipped
      if (chunk.length > skipped) reader.push(chunk.subarray(skipped))
    })
    socket.on('error', () => undefined)
    socket.on('close', () => (this.isClosed = true))
  }

  /** Sends frames, together. */
  send(write: (writer: FrameWriter) => void): void {
    write(this.#writer)
    this.socket.write(Buffer.concat(this.#writer.take()))
  }

  /** Sends a header block. */
  head(id: number, list: readonly string[], ends: boolean): void {
    this.send((writer) => writer.headers(id, this.#encoder.encode(list), ends))
  }

  ofType(type: keyof typeof frameType): readonly SeenFrame[] {
    return this.frames.filter((frame) => frame.type === frameType[type])
  }

  /** Resolves with the frames of a type, once there are so many. */
  async saw(type: keyof typeof frameType, count = 1): Promise<readonly SeenFrame[]> {
    await until(() => this.ofType(type).length >= count)
    return this.ofType(type)
  }

  async closed(): Promise<void> {
    await until(() => this.isClosed)
  }

  /** Whether a whole request or response has come on a stream. */
  hasEnded(id: number): boolean {
    return this.frames.some(
      (frame) => frame.id === id && frame.type <= 1 && (frame.flags & flag.endStream) !== 0,
    )
  }
}

/** Starts a server each of whose connections is a peer; it says nothing by itself. */
export async function startFramePeers(
  t: Test,
  greet: (peer: FramePeer) => void = (peer) => peer.send((writer) => writer.settings([])),
) {
  const peers: FramePeer[] = []
  const server = createServer((socket) => {
    const peer = new FramePeer(socket, true)
    peers.push(peer)
    greet(peer)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    for (const { socket } of peers) socket.destroy()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const open = async () => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    return socket
  }
  return { port, address: `127.0.0.1:${port}`, peers, open }
}

/** Connects as a caller would, and greets. */
export async function connectFramePeer(t: Test, port: number): Promise<FramePeer> {
  const socket = connect(port, '127.0.0.1')
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  const peer = new FramePeer(socket, false)
  peer.send((writer) => {
    writer.preface(clientPreface)
    writer.settings([])
  })
  return peer
}
