import type { ListenLimits } from '../config/settings.ts'
import type { ConnectionLimits } from '../wire/connection-options.ts'
import type { TransportLimits } from '../wire/transport.ts'

/** Limits of one caller's connection, as the wire takes them. */
export function callerLimits(limits: ListenLimits): ConnectionLimits & TransportLimits {
  return {
    streamsMax: limits.streamsMax,
    headerListBytesMax: limits.headerListBytesMax,
    headerTableBytesMax: limits.headerTableBytesMax,
    continuationsMax: limits.continuationsMax,
    idleFramesPerSecondMax: limits.idleFramesPerSecondMax,
    resetsPerSecondMax: limits.resetsPerSecondMax,
    settingsPerSecondMax: limits.settingsPerSecondMax,
    pingsPerSecondMax: limits.pingsPerSecondMax,
    // Before its caller is known, a request may be this long, and all of a connection that long.
    streamWindowBytes: 64 * 1024,
    connectionWindowBytes: 1024 * 1024,
    pausedAboveBytes: limits.unreadBytesMax / 4,
    stoppedAboveBytes: limits.unreadBytesMax,
    unreadMaxMs: limits.unreadMaxMs,
  }
}
