import t from 'tap'
import { callerLimits } from '../../src/listen/limits.ts'
import { limitsWith } from '../support/limits.ts'

void t.test('the limits of the settings are those of each connection', async (t) => {
  t.same(callerLimits(limitsWith({ streamsMax: 7, unreadBytesMax: 4_096 })), {
    streamsMax: 7,
    headerListBytesMax: 65_536,
    headerTableBytesMax: 4_096,
    continuationsMax: 8,
    idleFramesPerSecondMax: 2_000,
    resetsPerSecondMax: 200,
    settingsPerSecondMax: 10,
    pingsPerSecondMax: 20,
    streamWindowBytes: 65_536,
    connectionWindowBytes: 1_048_576,
    pausedAboveBytes: 1_024,
    stoppedAboveBytes: 4_096,
    unreadMaxMs: 60_000,
  })
})
