import type { Answer, AnswerWatcher } from '../core/answer.ts'
import type { Metadata } from '../core/call.ts'
import { prefixBytes } from '../core/message-prefix.ts'
import type { Outcome } from '../core/outcome.ts'
import { refusal, type Refusal } from '../core/refusal.ts'
import { statusCodes } from '../core/status.ts'
import { copyOf, fieldAt, type Field, type FieldList } from '../wire/field-list.ts'
import { valueOf } from '../wire/message-head.ts'
import type { Deadlines, Timed } from './deadlines.ts'
import { decodeWords, statusOfHttp } from './grpc-status.ts'
import type { Carriage, OpenCall, Session } from './session.ts'
import type { Seeker, Sessions } from './sessions.ts'

/** What many calls have in common. */
export interface CarryingParts {
  readonly sessions: Pick<Sessions, 'seek' | 'forget'>
  readonly deadlines: Deadlines
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** What is sent, and where its answer goes. */
export interface Cargo {
  readonly answer: Answer
  /** Milliseconds since the epoch. */
  readonly deadline: number | undefined
  /** The head of the request, but for `grpc-timeout`, which depends on when it is sent. */
  readonly head: FieldList
  /** The message in its frame, in parts. */
  readonly message: readonly Buffer[]
}

/** What became of a call: its outcome, or that no upstream could be reached, which the caller is yet to be told. */
export type Forwarded = Outcome | Refusal

/** Ways that a call goes before it is given up, where the upstream says that it did not look at it. */
const attemptsMax = 4

/** gRPC by its content type. */
const grpcType = /^application\/grpc($|[+;])/

/** Carries a call to the upstream, and its answer back. Resolves, always, with what became of it. */
export function carry(parts: CarryingParts, cargo: Cargo): Promise<Forwarded> {
  return new Promise((resolve) => new Carrying(parts, cargo, resolve).begin())
}

/** A call between its caller and the upstream: what comes back goes on, and each end is the other's. */
class Carrying implements Carriage, Seeker, Timed, AnswerWatcher {
  readonly #parts: CarryingParts
  readonly #cargo: Cargo
  readonly #resolve: (forwarded: Forwarded) => void
  #isSettled = false
  #open: OpenCall | undefined
  #deadlineStep: number | undefined
  #attempts = 0
  #bytes = 0
  #hasHead = false

  constructor(parts: CarryingParts, cargo: Cargo, resolve: (forwarded: Forwarded) => void) {
    this.#parts = parts
    this.#cargo = cargo
    this.#resolve = resolve
  }

  begin(): void {
    const { deadlines, now, sessions } = this.#parts
    const { answer, deadline } = this.#cargo
    answer.watch(this)
    if (deadline !== undefined && deadline <= now()) this.onDeadline()
    if (this.#isSettled) return
    if (deadline !== undefined) this.#deadlineStep = deadlines.add(this, deadline)
    sessions.seek(this)
  }

  onSession(session: Session): void {
    this.#attempts += 1
    this.#open = session.open(this.#headNow(), this.#cargo.message, this)
  }

  onGone(): void {
    this.#abandon(statusCodes.CANCELLED)
  }

  onSent(bytes: number): void {
    this.#open?.consume(bytes)
  }

  onNoSession(why: string): void {
    this.#settle(refusal('upstream_unavailable', why))
  }

  onHead(list: FieldList, ends: boolean): void {
    const wrong = wrongIn(list)
    if (wrong !== undefined) {
      this.#open?.cancel()
      return this.#settle(refusal('upstream_unavailable', wrong))
    }
    this.#hasHead = true
    if (ends) this.#status(list)
    else this.#cargo.answer.sendMetadata(pairsOf(list))
  }

  onData(part: Buffer): void {
    this.#bytes += part.length
    this.#cargo.answer.sendBytes(part)
  }

  onTrailers(list: FieldList): void {
    this.#status(list)
  }

  onBroken(why: string): void {
    this.#settle(refusal('upstream_unavailable', why))
  }

  onUnprocessed(): void {
    this.#open = undefined
    // What has begun to answer did look at the call, whatever it says now.
    if (this.#hasHead) return this.onBroken('the upstream refused a call that it had answered')
    if (this.#attempts < attemptsMax) return this.#parts.sessions.seek(this)
    this.onBroken('the upstream refused the stream, again and again')
  }

  onDeadline(): void {
    this.#abandon(statusCodes.DEADLINE_EXCEEDED)
  }

  /** The upstream is told how long is left, which is less with each attempt. */
  #headNow(): FieldList {
    const { head, deadline } = this.#cargo
    if (deadline === undefined) return head
    const list = copyOf(head)
    list.push('grpc-timeout', timeoutOf(deadline - this.#parts.now()))
    return list
  }

  #status(list: FieldList): void {
    const text = valueOf(list, 'grpc-status') ?? ''
    if (!/^[0-9]{1,3}$/.test(text)) return this.onBroken('the upstream sent no status')
    const code = Number(text)
    const words = decodeWords(valueOf(list, 'grpc-message') ?? '')
    this.#cargo.answer.sendStatus({ code, words, trailers: pairsOf(list) })
    const result = code === statusCodes.OK ? 'completed' : 'failed'
    this.#settle({ result, grpcStatus: code, bytes: this.#messageBytes() })
  }

  /** The caller waits no more. */
  #abandon(code: number): void {
    if (this.#isSettled) return
    this.#open?.cancel()
    const words = code === statusCodes.CANCELLED ? '' : 'the deadline of the call has passed'
    this.#cargo.answer.sendStatus({ code, words, trailers: [] })
    this.#settle({ result: 'cancelled', grpcStatus: code, bytes: this.#messageBytes() })
  }

  #messageBytes(): number {
    return Math.max(0, this.#bytes - prefixBytes)
  }

  #settle(forwarded: Forwarded): void {
    if (this.#isSettled) return
    this.#isSettled = true
    const { deadlines, sessions } = this.#parts
    if (this.#deadlineStep !== undefined) deadlines.delete(this, this.#deadlineStep)
    sessions.forget(this)
    this.#resolve(forwarded)
  }
}

/** At most eight digits and a unit. */
function timeoutOf(leftMs: number): string {
  const ms = Math.max(1, Math.ceil(leftMs))
  return ms < 1e8 ? `${ms}m` : `${Math.min(Math.ceil(ms / 1000), 99_999_999)}S`
}

/** Why a response is not the beginning of what was asked for. */
function wrongIn(list: readonly string[]): string | undefined {
  const type = valueOf(list, 'content-type') ?? ''
  const status = valueOf(list, ':status') ?? ''
  if (status !== '200' || !grpcType.test(type)) return statusOfHttp(status, type)
  // Its name stays behind on this hop, so that the caller could not undo it.
  const isPlain = (valueOf(list, 'grpc-encoding') ?? 'identity') === 'identity'
  return isPlain ? undefined : 'the upstream compressed its answer, which nobody asked for'
}

function pairsOf(list: FieldList): Metadata {
  const pairs: Field[] = []
  for (let at = 0; at < list.length; at += 2) pairs.push(fieldAt(list, at))
  return pairs
}
