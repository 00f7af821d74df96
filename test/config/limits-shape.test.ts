import t from 'tap'
import { limitsOf, limitsShape } from '../../src/config/limits-shape.ts'

void t.test('every limit has a default', async (t) => {
  t.same(limitsOf(limitsShape.parse(undefined)), {
    connectionsMax: 10_000,
    connectionsPerPeerMax: 2_000,
    greetingMaxMs: 10_000,
    idleMaxMs: 600_000,
    streamsMax: 1_000,
    headerListBytesMax: 65_536,
    headerTableBytesMax: 4_096,
    continuationsMax: 8,
    idleFramesPerSecondMax: 2_000,
    resetsPerSecondMax: 200,
    settingsPerSecondMax: 10,
    pingsPerSecondMax: 20,
    unreadBytesMax: 1_048_576,
    unreadMaxMs: 60_000,
    bodyMaxMs: 30_000,
    bufferedBytesMax: 268_435_456,
  })
})

void t.test('what is written out is used', async (t) => {
  const limits = limitsShape.parse({ connections: 7, greeting: '3s', buffered: '1GiB' })
  t.match(limitsOf(limits), {
    connectionsMax: 7,
    greetingMaxMs: 3_000,
    bufferedBytesMax: 1_073_741_824,
    streamsMax: 1_000,
  })
})

for (const wrong of [
  { connections: 0 },
  { streams: 1.5 },
  { pings_per_second: 1 },
  { header_list: '64' },
  { idle: '10' },
  { unknown: 1 },
]) {
  void t.test(`${JSON.stringify(wrong)} is refused`, async (t) => {
    t.notOk(limitsShape.safeParse(wrong).success)
  })
}
