import type { Credential } from '../core/credential.ts'
import { refusal, type Refusal } from '../core/refusal.ts'
import type { FieldList } from '../wire/field-list.ts'
import type { Stream } from '../wire/stream.ts'
import { StreamAnswer, type AnswerOwner, type AnswerParts } from './answer.ts'
import { readHead, type Arrival } from './arrival.ts'
import { MessageCollector, type CollectedFrame } from './message-collector.ts'
import { messageIn, refuseEncoding, type ReadMessage } from './message-frame.ts'

/** What the calls on one connection have in common. */
export interface CallerCallParts extends AnswerParts<CallerCall> {
  /** Network address of the caller, without its port. */
  readonly peer: string
  /** How long the body may take to arrive once the caller is known. */
  readonly bodyMaxMs: number
}

/** What a call holds beside its fields and its body while it is identified, decided and recorded. */
const undecidedBytes = 8192
/** The same from then on. */
const forwardedBytes = 3072

/** What a field costs beside its characters. */
const fieldBytes = 64

/**
 * One call on a caller's connection: its body and its answer. Of the body no more is taken than one
 * window until somebody asks for the message, who does so only once the caller is known. There are
 * thousands at once where workers poll, so nothing is kept that is not needed to the end.
 */
export class CallerCall implements AnswerOwner {
  readonly answer: StreamAnswer<CallerCall>
  readonly #parts: CallerCallParts
  readonly #stream: Stream<CallerCall>
  #encoding = ''
  /** Until what it collects was handed over. */
  #collector: MessageCollector | undefined = new MessageCollector()
  #isWanted = false
  #isOver = false
  /** Bytes that came before anybody wanted them. */
  #unwanted = 0
  /** Bytes of the body that are counted as held until the call is answered, and what else it costs. */
  #counted = 0
  #callBytes = 0
  #isUndecided = false
  /** Its caller did not wait for the answer, and it is not dealt with yet. */
  #isLeft = false
  #onWhole: ((frame: CollectedFrame) => void) | undefined
  #slow: NodeJS.Timeout | undefined

  constructor(parts: CallerCallParts, stream: Stream<CallerCall>) {
    this.#parts = parts
    this.#stream = stream
    this.answer = new StreamAnswer(parts, stream, this)
  }

  /**
   * Reads the head, once. `before` is what the call before on the connection presented. The arrival belongs
   * to whoever takes it, and is not kept here.
   */
  arrive(list: FieldList, before: Credential | undefined): Arrival {
    const { share, peer } = this.#parts
    const { encoding, ...head } = readHead(list, before)
    this.#encoding = encoding
    this.#callBytes = undecidedBytes + costOf(list)
    share.add(this.#callBytes)
    share.addUndecided(1)
    this.#isUndecided = true
    return { ...head, peer, readMessage: () => this.#readMessage() }
  }

  /** Takes a part of the body. */
  take(part: Buffer, isLast: boolean): void {
    const collector = this.#collector
    // What comes behind the message or the answer is nobody's.
    if (collector === undefined || this.#isOver || collector.result !== undefined) return
    this.#count(part.length)
    collector.take(part, isLast)
    if (this.#isWanted) this.#consume(part.length)
    else this.#unwanted += part.length
    if (collector.result === undefined && this.#parts.share.isOver) {
      collector.stop(this.#overloaded())
      this.#giveBackBody()
    }
    this.#deliver()
  }

  /**
   * The stream is over: whoever waits for the body or the answer waits no more. What the call costs is held
   * until it is dealt with: it is still decided and recorded.
   */
  leave(): void {
    if (!this.#isOver) {
      this.#isLeft = true
      this.#parts.share.addLeft(1)
    }
    this.#end()
    this.answer.leave()
  }

  /** The call was dealt with, in whatever way. */
  release(): void {
    this.#end()
    this.#giveBack()
  }

  #readMessage(): ReadMessage {
    const unknown = refuseEncoding(this.#encoding)
    if (unknown !== undefined) return unknown
    if (this.#parts.share.isOver) return this.#overloaded()
    this.#isWanted = true
    this.#consume(this.#unwanted)
    const whole = this.#whole()
    if (whole !== undefined) return this.#messageIn(whole)
    return new Promise((resolve) => {
      this.#onWhole = (frame) => resolve(this.#messageIn(frame))
      this.#slow = setTimeout(() => this.#late(), this.#parts.bodyMaxMs)
    })
  }

  /** Hands over what was collected, once it is all there. */
  #whole(): CollectedFrame | undefined {
    const whole = this.#collector?.result
    if (whole !== undefined) this.#collector = undefined
    return whole
  }

  #messageIn(frame: CollectedFrame): ReadMessage {
    if (!(frame instanceof Buffer)) return frame
    return messageIn(frame, this.#encoding, (bytes) => this.#reserve(bytes))
  }

  /** What will be inflated is held as well, also of a caller who is gone by then. */
  #reserve(bytes: number): Refusal | undefined {
    this.#count(bytes)
    return this.#parts.share.isOver ? this.#overloaded() : undefined
  }

  #count(bytes: number): void {
    this.#counted += bytes
    this.#parts.share.add(bytes)
  }

  #consume(bytes: number): void {
    if (bytes === 0) return
    this.#parts.connection.consume(this.#stream, bytes)
    this.#parts.wake()
  }

  #overloaded(): Refusal {
    this.#parts.observe('overloaded')
    return refusal('overloaded', 'too many bytes of requests and answers are held')
  }

  #late(): void {
    this.#parts.observe('body_time')
    this.#collector?.stop(refusal('message_malformed', 'the body did not arrive in time'))
    this.#deliver()
  }

  #deliver(): void {
    const whole = this.#onWhole && this.#whole()
    if (whole === undefined) return
    clearTimeout(this.#slow)
    this.#slow = undefined
    this.#onWhole?.(whole)
    this.#onWhole = undefined
  }

  onForwarded(): void {
    if (!this.#isUndecided) return
    this.#decided()
    this.#callBytes -= undecidedBytes - forwardedBytes
    this.#parts.share.add(forwardedBytes - undecidedBytes)
  }

  #decided(): void {
    if (this.#isUndecided) this.#parts.share.addUndecided(-1)
    this.#isUndecided = false
  }

  /** The call is answered: nothing of it is held any more. */
  onAnswered(): void {
    this.#end()
    this.#giveBack()
  }

  /** No more of the body is wanted. */
  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    const collector = this.#collector
    collector?.stop(refusal('message_malformed', 'the body did not arrive whole'))
    // A message that came whole is still there for whoever asks for it.
    if (collector && !(collector.result instanceof Buffer)) this.#giveBackBody()
    this.#deliver()
  }

  #giveBackBody(): void {
    this.#parts.share.add(-this.#counted)
    this.#counted = 0
  }

  #giveBack(): void {
    const { share } = this.#parts
    this.#giveBackBody()
    share.add(-this.#callBytes)
    this.#callBytes = 0
    this.#decided()
    if (this.#isLeft) share.addLeft(-1)
    this.#isLeft = false
  }
}

/** Tables make a field of kilobytes out of one byte, and of a thousand such bytes a list of a thousand fields. */
function costOf(list: readonly string[]): number {
  let bytes = (list.length / 2) * fieldBytes
  for (const text of list) bytes += text.length
  return bytes
}
