import {
  errorCode,
  initialWindowBytes,
  largestCount,
  payloadBytesMax,
  settingId,
} from './frames/codes.ts'

/** What the other side said that it takes: RFC 9113, section 6.5.2. */
export interface PeerSettings {
  headerTableBytes: number
  streamsMax: number
  initialWindowBytes: number
  payloadBytesMax: number
  headerListBytesMax: number
}

/** What holds until the other side has said something. */
export function initialPeerSettings(): PeerSettings {
  return {
    headerTableBytes: 4096,
    streamsMax: Infinity,
    initialWindowBytes,
    payloadBytesMax,
    headerListBytesMax: Infinity,
  }
}

/** Takes the payload of a SETTINGS frame over into settings; returns the error code where it is wrong. */
export function applySettings(payload: Buffer, settings: PeerSettings): number | undefined {
  if (payload.length % 6 !== 0) return errorCode.frameSizeError
  for (const { id, value } of pairsIn(payload)) {
    const fault = applyOne(id, value, settings)
    if (fault !== undefined) return fault
  }
  return undefined
}

/**
 * The table sizes in the payload of a SETTINGS frame that can be applied, in their order. All count, not
 * only the last: the smallest of them is to be announced, RFC 7541, section 4.2.
 */
export function headerTableSizesIn(payload: Buffer): readonly number[] {
  return pairsIn(payload)
    .filter(({ id }) => id === settingId.headerTableSize)
    .map(({ value }) => value)
}

/** Whether the payload of a SETTINGS frame says that its sender may be pushed to. */
export function enablesPush(payload: Buffer): boolean {
  return pairsIn(payload).some(({ id, value }) => id === settingId.enablePush && value !== 0)
}

/** The settings in a payload of whole ones, in their order. */
function pairsIn(payload: Buffer): { readonly id: number; readonly value: number }[] {
  return Array.from({ length: payload.length / 6 }, (_, index) => ({
    id: payload.readUInt16BE(6 * index),
    value: payload.readUInt32BE(6 * index + 2),
  }))
}

function applyOne(id: number, value: number, settings: PeerSettings): number | undefined {
  switch (id) {
    case settingId.headerTableSize:
      settings.headerTableBytes = value
      return undefined
    case settingId.enablePush:
      return value > 1 ? errorCode.protocolError : undefined
    case settingId.maxConcurrentStreams:
      settings.streamsMax = value
      return undefined
    case settingId.initialWindowSize:
      if (value > largestCount) return errorCode.flowControlError
      settings.initialWindowBytes = value
      return undefined
    case settingId.maxFrameSize:
      if (value < payloadBytesMax || value > 2 ** 24 - 1) return errorCode.protocolError
      settings.payloadBytesMax = value
      return undefined
    case settingId.maxHeaderListSize:
      settings.headerListBytesMax = value
      return undefined
    default:
      // Settings that are not known are not looked at: RFC 9113, section 6.5.2.
      return undefined
  }
}
