import { ReadGroup } from '../wire/read-turns.ts'
import { peerOf } from './peer.ts'

/** What one address may hold of what others leave. Behind it may be one runner, or all of them. */
const peerPart = 3 / 4

/**
 * Counts what is held of requests and answers. Strangers count like anybody else, so what they make us
 * hold is counted by what it costs, not by what was asked for.
 */
export class HeldBytes {
  /** On all connections together. */
  bytes = 0
  readonly max: number
  readonly #peers = new Map<string, PeerBytes>()

  constructor(max: number) {
    this.max = max
  }

  /** Addresses that hold something, or may. */
  get peers(): number {
    return this.#peers.size
  }

  /** The share of a new connection from an address. */
  share(address: string): Share {
    const key = peerOf(address)
    let peer = this.#peers.get(key)
    if (peer === undefined) {
      peer = { connections: 0, bytes: 0, undecided: 0, left: 0, readers: new ReadGroup() }
      this.#peers.set(key, peer)
    }
    peer.connections += 1
    return new Share(this, peer, () => this.#peers.delete(key))
  }
}

/** What is held for one address. */
interface PeerBytes {
  connections: number
  bytes: number
  /** Calls that are not recorded yet, and those of them whose callers did not wait for an answer. */
  undecided: number
  left: number
  /** Its connections take turns at being read. */
  readonly readers: ReadGroup
}

/**
 * What is held for one connection. It may hold as much as it leaves free for the others of its address, and
 * these together three times what they leave free for everybody else: dynamic thresholds, as switches have
 * them for their queues. One caller alone can have much; one who takes all there is, on however many
 * connections, leaves others enough for calls of ordinary size.
 */
export class Share {
  bytes = 0
  readonly #all: HeldBytes
  readonly #peer: PeerBytes
  readonly #onUnused: () => void

  constructor(all: HeldBytes, peer: PeerBytes, onUnused: () => void) {
    this.#all = all
    this.#peer = peer
    this.#onUnused = onUnused
  }

  /** Calls of its address that are not recorded yet. */
  get undecidedCalls(): number {
    return this.#peer.undecided
  }

  /** Those of them whose callers did not wait for an answer. */
  get leftCalls(): number {
    return this.#peer.left
  }

  /** Who takes turns at being read with this connection. */
  get readers(): ReadGroup {
    return this.#peer.readers
  }

  /** Whether no more requests are taken from it. */
  get isOver(): boolean {
    return this.bytes > this.#room
  }

  /** Whether answers that are not taken are given up as well: those of calls let in before still grow. */
  get isFarOver(): boolean {
    return this.bytes > 2 * this.#room
  }

  /** Counts bytes that are held from now on, or, below zero, no more. */
  add(bytes: number): void {
    this.bytes += bytes
    this.#peer.bytes += bytes
    this.#all.bytes += bytes
    if (bytes < 0) this.#forget()
  }

  /** Counts calls that are to be recorded, or, below zero, that were. */
  addUndecided(calls: number): void {
    this.#peer.undecided += calls
  }

  /** Counts calls whose callers are gone, or, below zero, that were dealt with since. */
  addLeft(calls: number): void {
    this.#peer.left += calls
  }

  /** The connection is closed. What is still held for it stays counted. */
  close(): void {
    this.#peer.connections -= 1
    this.#forget()
  }

  /** What the address may still hold, all its connections together. */
  get #room(): number {
    const { max, bytes } = this.#all
    const mine = this.#peer.bytes
    return peerPart * (max - (bytes - mine)) - mine
  }

  #forget(): void {
    if (this.#peer.connections === 0 && this.#peer.bytes === 0) this.#onUnused()
  }
}

/** Something of which now more is held, now less: it counts as it was measured last. */
export class Measure {
  readonly #share: Share
  #bytes = 0

  constructor(share: Share) {
    this.#share = share
  }

  set(bytes: number): void {
    this.#share.add(bytes - this.#bytes)
    this.#bytes = bytes
  }
}
