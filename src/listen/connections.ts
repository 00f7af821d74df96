import type { Socket } from 'node:net'
import type { ListenLimits } from '../config/settings.ts'
import { peerOf } from './peer.ts'
import type { WireRefusal } from './wire-refusal.ts'

/** The sockets that are open, whatever they speak. */
export class Connections {
  readonly #limits: ListenLimits
  readonly #observe: (reason: WireRefusal) => void
  readonly #open = new Set<Socket>()
  readonly #perPeer = new Map<string, number>()

  constructor(limits: ListenLimits, observe: (reason: WireRefusal) => void) {
    this.#limits = limits
    this.#observe = observe
  }

  get size(): number {
    return this.#open.size
  }

  /** Keeps a socket until it is closed, or cuts it where it is one too many. */
  add(socket: Socket): void {
    // A broken connection is the caller's affair; its calls end by themselves.
    socket.on('error', () => socket.destroy())
    const peer = peerOf(socket.remoteAddress ?? '')
    const count = this.#perPeer.get(peer) ?? 0
    const reason = this.#reason(count)
    if (reason !== undefined) {
      this.#observe(reason)
      socket.destroy()
      return
    }
    this.#open.add(socket)
    this.#perPeer.set(peer, count + 1)
    socket.once('close', () => this.#delete(socket, peer))
  }

  /** Cuts every connection, whatever it is in the middle of. */
  cut(): void {
    for (const socket of this.#open) socket.destroy()
  }

  #reason(count: number): WireRefusal | undefined {
    if (this.size >= this.#limits.connectionsMax) return 'connections'
    return count >= this.#limits.connectionsPerPeerMax ? 'connections_per_peer' : undefined
  }

  #delete(socket: Socket, peer: string): void {
    this.#open.delete(socket)
    const left = (this.#perPeer.get(peer) as number) - 1
    if (left > 0) this.#perPeer.set(peer, left)
    else this.#perPeer.delete(peer)
  }
}
