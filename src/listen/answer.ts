import type { Answer, AnswerWatcher, Status } from '../core/answer.ts'
import type { Metadata } from '../core/call.ts'
import { isAnswerable } from '../temporal/metadata.ts'
import type { Connection } from '../wire/connection.ts'
import { errorCode } from '../wire/frames/codes.ts'
import { addField } from '../wire/field-list.ts'
import type { Stream } from '../wire/stream.ts'
import type { Share } from './held-bytes.ts'
import type { WireRefusal } from './wire-refusal.ts'

const head = [
  ':status',
  '200',
  'content-type',
  'application/grpc',
  'grpc-accept-encoding',
  'identity,gzip',
] as const

/** What the answers on one connection have in common. */
export interface AnswerParts<Context> {
  readonly connection: Connection<Context>
  /** Sends what the connection has written, soon. */
  readonly wake: () => void
  readonly share: Share
  readonly observe: (reason: WireRefusal) => void
}

/** Whose answer it is. */
export interface AnswerOwner {
  /** The call is recorded, and on its way. */
  readonly onForwarded: () => void
  /** The answer is given; its caller may yet take it slowly. */
  readonly onAnswered: () => void
}

/**
 * Answers a gRPC call on a stream. A status with neither metadata nor bytes before it goes out as
 * trailers-only: one block of headers that ends the stream.
 */
export class StreamAnswer<Context> implements Answer {
  readonly #parts: AnswerParts<Context>
  readonly #stream: Stream<Context>
  readonly #owner: AnswerOwner
  /** Of a head that is held until something follows it. */
  #metadata: Metadata | undefined
  #hasBegun = false
  #isDone = false
  #isGone = false
  #watcher: AnswerWatcher | undefined
  /** Bytes that wait for the caller's windows, and since when none of them left. */
  #queued = 0
  #movedAt = 0

  constructor(parts: AnswerParts<Context>, stream: Stream<Context>, owner: AnswerOwner) {
    this.#parts = parts
    this.#stream = stream
    this.#owner = owner
  }

  sendMetadata(metadata: Metadata): void {
    this.#metadata = metadata
  }

  sendBytes(bytes: Uint8Array): void {
    if (this.#isDone || this.#isGone) return
    const { connection, wake, share } = this.#parts
    if (!this.#hasBegun) this.#begin()
    if (this.#queued === 0) this.#movedAt = performance.now()
    this.#queued += bytes.byteLength
    share.add(bytes.byteLength)
    connection.sendData(this.#stream, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
    wake()
    if (this.#queued > 0 && share.isFarOver) this.cutOff('overloaded')
  }

  sendStatus(status: Status): void {
    if (this.#isDone) return
    this.#isDone = true
    if (this.#isGone) return
    const { connection, wake } = this.#parts
    // What came in a head must not come in the trailers: libraries tell the two apart.
    if (this.#metadata !== undefined && !this.#hasBegun) this.#begin()
    if (this.#hasBegun) connection.sendEnd(this.#stream, trailersOf([], status))
    else connection.sendHead(this.#stream, trailersOf([...head], status), true)
    this.#letGo()
    wake()
    this.#owner.onAnswered()
  }

  watch(watcher: AnswerWatcher): void {
    this.#watcher = watcher
    this.#owner.onForwarded()
    // A caller may go while its call is identified or recorded, before anybody watches.
    if (this.#isGone) watcher.onGone()
  }

  /** The stream is over before its status was sent, or with it. */
  leave(): void {
    this.#isGone = true
    this.#parts.share.add(-this.#queued)
    this.#queued = 0
    if (!this.#isDone) this.#watcher?.onGone()
  }

  /** So many bytes went out. */
  sent(bytes: number): void {
    this.#queued -= bytes
    this.#parts.share.add(-bytes)
    this.#movedAt = performance.now()
    this.#watcher?.onSent(bytes)
  }

  /** To be asked now and then: gives up a caller who takes nothing of what waits for it. */
  check(now: number, unreadMaxMs: number): void {
    if (this.#queued > 0 && now - this.#movedAt > unreadMaxMs) this.cutOff('unread')
    else if (this.#isDone) this.#letGo()
  }

  /** Gives up a caller for whom something waits. */
  shed(): void {
    if (this.#queued > 0) this.cutOff('overloaded')
  }

  /** Ends the stream, whatever it is in the middle of. */
  cutOff(reason: WireRefusal): void {
    const { connection, wake, observe } = this.#parts
    observe(reason)
    connection.reset(this.#stream, errorCode.enhanceYourCalm)
    wake()
    this.leave()
  }

  #begin(): void {
    const { connection } = this.#parts
    connection.sendHead(this.#stream, addAnswerable([...head], this.#metadata ?? []), false)
    this.#hasBegun = true
  }

  /** Else a caller whose body is not read could keep the stream by never ending it. */
  #letGo(): void {
    const { connection, wake } = this.#parts
    const stream = this.#stream
    if (!stream.isLocalDone || stream.isRemoteDone) return
    connection.reset(stream, errorCode.noError)
    wake()
  }
}

function addAnswerable(list: string[], metadata: Metadata): string[] {
  for (const field of metadata) if (isAnswerable(field[0])) addField(list, field)
  return list
}

function trailersOf(list: string[], { code, words, trailers }: Status): string[] {
  list.push('grpc-status', String(code))
  if (words !== '') list.push('grpc-message', encodeWords(words))
  return addAnswerable(list, trailers)
}

/** Percent-encodes what may not stand in `grpc-message`: all but printable ASCII, and `%` itself. */
export function encodeWords(words: string): string {
  return words
    .toWellFormed()
    .replaceAll(/[^ -~]+|%/g, (part) =>
      [...new TextEncoder().encode(part)]
        .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
        .join(''),
    )
}
