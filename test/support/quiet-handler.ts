import type { ConnectionHandler } from '../../src/wire/connection-options.ts'

/** A handler to which nothing matters; whoever needs some of it puts that behind. */
export const quietHandler: ConnectionHandler<unknown> = {
  onHead: () => undefined,
  onData: () => undefined,
  onTrailers: () => undefined,
  onReset: () => undefined,
  onSent: () => undefined,
  onGoaway: () => undefined,
  onSettled: () => undefined,
  onSettings: () => undefined,
  onPong: () => undefined,
  onFailure: () => undefined,
}
