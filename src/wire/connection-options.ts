import type { FieldList } from './field-list.ts'
import type { FrameRates } from './rate-limits.ts'
import type { Stream } from './stream.ts'

/** What one connection may take of us. */
export interface ConnectionLimits extends FrameRates {
  /** Streams that the other side may have open at once. */
  readonly streamsMax: number
  readonly headerListBytesMax: number
  /** Our table for decoding, and the largest that we use for encoding. */
  readonly headerTableBytesMax: number
  readonly continuationsMax: number
  /**
   * How much of a body the other side may send before any of it is consumed. Windows below 65,535 and
   * tables below 4,096 are asked for, but not insisted on: the other side starts with those, and nothing
   * makes it read our settings. RFC 9113, section 6.5.2.
   */
  readonly streamWindowBytes: number
  readonly connectionWindowBytes: number
}

/** What happens on a connection. Handlers are called while bytes are being read, and must not throw. */
export interface ConnectionHandler<Context> {
  /** A request on a server's connection, a response on a client's: names and values in turn. */
  readonly onHead: (stream: Stream<Context>, list: FieldList, ends: boolean) => void
  /** A part of the body; a view of the bytes received, good until the handler returns unless it is kept. */
  readonly onData: (stream: Stream<Context>, part: Buffer, ends: boolean) => void
  readonly onTrailers: (stream: Stream<Context>, list: FieldList) => void
  /** The stream is over before its end: reset by the other side, or by us for what the other side did. */
  readonly onReset: (stream: Stream<Context>, code: number) => void
  /** So many bytes of a body went out. */
  readonly onSent: (stream: Stream<Context>, bytes: number) => void
  /** The other side takes no streams above this id; those that we opened were not looked at. */
  readonly onGoaway: (lastStreamId: number, code: number) => void
  /** A stream ended in order on both sides, and is forgotten. */
  readonly onSettled: (stream: Stream<Context>) => void
  readonly onSettings: () => void
  readonly onPong: () => void
  /** The other side broke the rules, or a limit: what was written goes out, then the connection ends. */
  readonly onFailure: (code: number, why: string) => void
}

export interface ConnectionOptions<Context> {
  readonly role: 'server' | 'client'
  readonly limits: ConnectionLimits
  readonly handler: ConnectionHandler<Context>
}
