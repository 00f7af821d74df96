import { z } from 'zod'
import type { ListenLimits } from './settings.ts'
import { byteCount, byteSize, duration, durationMs } from './values.ts'

/** A whole number from `least` on; below it, ordinary callers would be refused. */
const count = (least: number) =>
  z.int({ error: 'is not a whole number' }).min(least, { error: `is less than ${least}` })

/** What callers may take of the listener. Every default is safe; all may be written out. */
export const limitsShape = z
  .strictObject({
    connections: count(1).default(10_000).describe('Connections at once.'),
    connections_per_peer: count(1)
      .default(2_000)
      .describe(
        'Connections at once from one address, or one IPv6 network of 64 bits; runners behind one gateway share it.',
      ),
    greeting: duration
      .default('10s')
      .describe('How long a connection may take to say what it speaks, TLS and all.'),
    idle: duration.default('10m').describe('How long a connection may be silent.'),
    streams: count(1).default(1_000).describe('Calls at once on one connection.'),
    header_list: byteSize
      .default('64KiB')
      .describe('Headers of one call, as HTTP/2 counts them. Must hold a token.'),
    header_table: byteSize.default('4KiB').describe('HPACK table of one connection, each way.'),
    continuations: count(1).default(8).describe('CONTINUATION frames of one header block.'),
    empty_frames_per_second: count(10)
      .default(2_000)
      .describe('Frames that carry nothing or next to nothing, on one connection.'),
    resets_per_second: count(10)
      .default(200)
      .describe('Streams that one connection may reset, or make us reset.'),
    settings_per_second: count(2).default(10).describe('SETTINGS frames on one connection.'),
    pings_per_second: count(2).default(20).describe('PING frames on one connection.'),
    unread: byteSize
      .default('1MiB')
      .describe('What may wait on one connection for a caller who does not read.'),
    unread_time: duration
      .default('60s')
      .describe('How long a caller may read nothing of what waits for it.'),
    body_time: duration
      .default('30s')
      .describe('How long a request may take to arrive once its caller is known.'),
    buffered: byteSize
      .default('256MiB')
      .describe(
        'What may be held of all requests and answers; one connection may hold what it leaves free for others, less a quarter.',
      ),
  })
  .prefault({})
  .describe('What callers may take of the listener.')

/** Turns the checked limits of a service file into settings. */
export function limitsOf(limits: z.infer<typeof limitsShape>): ListenLimits {
  return {
    connectionsMax: limits.connections,
    connectionsPerPeerMax: limits.connections_per_peer,
    greetingMaxMs: durationMs(limits.greeting),
    idleMaxMs: durationMs(limits.idle),
    streamsMax: limits.streams,
    headerListBytesMax: byteCount(limits.header_list),
    headerTableBytesMax: byteCount(limits.header_table),
    continuationsMax: limits.continuations,
    idleFramesPerSecondMax: limits.empty_frames_per_second,
    resetsPerSecondMax: limits.resets_per_second,
    settingsPerSecondMax: limits.settings_per_second,
    pingsPerSecondMax: limits.pings_per_second,
    unreadBytesMax: byteCount(limits.unread),
    unreadMaxMs: durationMs(limits.unread_time),
    bodyMaxMs: durationMs(limits.body_time),
    bufferedBytesMax: byteCount(limits.buffered),
  }
}
