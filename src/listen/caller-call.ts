import type { Credential } from '../core/credential.ts'
import { refusal, type Refusal } from '../core/refusal.ts'
import type { FieldList } from '../wire/field-list.ts'
import type { Stream } from '../wire/stream.ts'
import { StreamAnswer, type AnswerOwner, type AnswerParts } from './answer.ts'
import { readHead, type Arrival } from './arrival.ts'
import { MessageCollector, type CollectedFrame } from './message-collector.ts'
import { isKnownEncoding, messageIn, type ReadMessage } from './message-frame.ts'

/** What the calls on one connection have in common. */
export interface CallerCallParts extends AnswerParts<CallerCall> {
  /** Network address of the caller, without its port. */
  readonly peer: string
  /** How long the body may take to arrive once the caller is known. */
  readonly bodyMaxMs: number
}

/** What a call costs beside its fields and its body: a stream, an arrival, an answer. */
const callBytesMin = 1024

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
  /** Bytes that are counted as held until the call is answered. */
  #counted = 0
  #callBytes = 0
  #onWhole: ((frame: CollectedFrame) => void) | undefined
  #slow: NodeJS.Timeout | undefined

  constructor(parts: CallerCallParts, stream: Stream<CallerCall>) {
    this.#parts = parts
    this.#stream = stream
    this.answer = new StreamAnswer(parts, stream, this)
  }

  /**
   * Reads the head, once. `before` is what the call before on the connection presented. The arrival is whose
   * who takes it, and not kept here.
   */
  arrive(list: FieldList, before: Credential | undefined): Arrival {
    const { buffered, peer } = this.#parts
    const { encoding, ...head } = readHead(list, before)
    this.#encoding = encoding
    this.#callBytes = costOf(list)
    buffered.callBytes += this.#callBytes
    return { ...head, peer, readMessage: () => this.#readMessage() }
  }

  /** Takes a part of the body. */
  take(part: Buffer, isLast: boolean): void {
    const collector = this.#collector
    // What comes behind the message or the answer is nobody's.
    if (collector === undefined || this.#isOver) return
    this.#count(part.length)
    collector.take(part, isLast)
    if (!this.#isWanted) {
      this.#unwanted += part.length
      return
    }
    this.#consume(part.length)
    if (collector.result === undefined && this.#parts.buffered.isOver) {
      collector.stop(this.#overloaded())
    }
    this.#deliver()
  }

  /** The stream is over: whoever waits for the body or the answer waits no more. */
  leave(): void {
    this.answer.leave()
  }

  #readMessage(): ReadMessage {
    if (!isKnownEncoding(this.#encoding)) {
      return refusal('encoding_unsupported', 'grpc-encoding is neither identity nor gzip')
    }
    if (this.#parts.buffered.isOver) return this.#overloaded()
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
    const message = messageIn(frame, this.#encoding)
    return message instanceof Promise
      ? message.then((inflated) => this.#counts(inflated))
      : this.#counts(message)
  }

  /** What was inflated is held as well. */
  #counts<M extends Uint8Array | Refusal>(message: M): M {
    if (message instanceof Uint8Array) this.#count(Math.max(0, message.length - this.#counted))
    return message
  }

  #count(bytes: number): void {
    if (this.#isOver) return
    this.#counted += bytes
    this.#parts.buffered.bytes += bytes
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

  /** The call is answered, or its caller is gone: nothing of the body is held any more. */
  onEnd(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#collector?.stop(refusal('message_malformed', 'the body did not arrive whole'))
    this.#deliver()
    this.#parts.buffered.bytes -= this.#counted
    this.#parts.buffered.callBytes -= this.#callBytes
  }
}

/** Tables make a field of kilobytes out of one byte, and of a thousand such bytes a list of a thousand fields. */
function costOf(list: readonly string[]): number {
  let bytes = callBytesMin + (list.length / 2) * fieldBytes
  for (const text of list) bytes += text.length
  return bytes
}
