import type { FieldList } from './field-list.ts'

/** One exchange on a connection. Its fields belong to the connection; the owner keeps its own in `context`. */
export class Stream<Context = unknown> {
  readonly id: number
  /** The other side has sent its last frame. */
  isRemoteDone = false
  /** We have sent our last frame. */
  isLocalDone = false
  /** Reset by either side; nothing more goes out. */
  isReset = false
  /** The header block that begins a message has come. */
  hasHead = false
  /** How much may be sent, in bytes; below zero after a setting was lowered. */
  sendWindow: number
  /** How much the other side may still send, in bytes. */
  receiveWindow: number
  /** Bytes that came and were not consumed yet. */
  unconsumed = 0
  /** Bytes that were consumed and that the other side has not been told of. */
  unacknowledged = 0
  /** What `content-length` promised, or -1. */
  lengthDeclared = -1
  lengthReceived = 0
  /** Parts of the body that wait for a window, if any do. */
  queue: Buffer[] | undefined
  queuedBytes = 0
  /** The body ends behind the queue. */
  isEndQueued = false
  /** Trailers that follow the queue. */
  trailers: FieldList | undefined
  context: Context | undefined
  /** It waits for its turn to send. */
  isWaiting = false
  /** The next of the streams that are kept in the same place. */
  nextInSlot: Stream<Context> | undefined

  constructor(id: number, sendWindow: number, receiveWindow: number) {
    this.id = id
    this.sendWindow = sendWindow
    this.receiveWindow = receiveWindow
  }
}
