import t from 'tap'
import { constants } from 'node:http2'
import {
  applySettings,
  enablesPush,
  headerTableSizesIn,
  initialPeerSettings,
} from '../../src/wire/settings.ts'

function payload(...pairs: readonly (readonly [id: number, value: number])[]): Buffer {
  const bytes = Buffer.alloc(pairs.length * 6)
  for (const [at, [id, value]] of pairs.entries()) {
    bytes.writeUInt16BE(id, at * 6)
    bytes.writeUInt32BE(value, at * 6 + 2)
  }
  return bytes
}

/** What one setting makes of those that hold at first: the error code, or the settings. */
function applied(id: number, value: number) {
  const settings = initialPeerSettings()
  return applySettings(payload([id, value]), settings) ?? settings
}

const initial = {
  headerTableBytes: 4096,
  streamsMax: Infinity,
  initialWindowBytes: 65_535,
  payloadBytesMax: 16_384,
  headerListBytesMax: Infinity,
}

t.test('until the other side speaks, what the RFC says holds', async (t) => {
  t.same(initialPeerSettings(), initial)
  t.not(initialPeerSettings(), initialPeerSettings(), 'each connection has its own')
})

t.test('each setting is taken over', async (t) => {
  t.same(applied(1, 0), { ...initial, headerTableBytes: 0 })
  t.same(applied(3, 0), { ...initial, streamsMax: 0 })
  t.same(applied(4, 2 ** 31 - 1), { ...initial, initialWindowBytes: 2 ** 31 - 1 })
  t.same(applied(5, 2 ** 24 - 1), { ...initial, payloadBytesMax: 2 ** 24 - 1 })
  t.same(applied(5, 16_384), initial)
  t.same(applied(6, 2 ** 32 - 1), { ...initial, headerListBytesMax: 2 ** 32 - 1 })
})

t.test('values out of range are errors: RFC 9113, section 6.5.2', async (t) => {
  t.equal(applied(4, 2 ** 31), constants.NGHTTP2_FLOW_CONTROL_ERROR)
  t.equal(applied(5, 16_383), constants.NGHTTP2_PROTOCOL_ERROR)
  t.equal(applied(5, 2 ** 24), constants.NGHTTP2_PROTOCOL_ERROR)
  t.equal(applied(2, 2), constants.NGHTTP2_PROTOCOL_ERROR)
})

t.test('push is never used, whatever the other side says', async (t) => {
  t.same(applied(2, 0), initial)
  t.same(applied(2, 1), initial)
})

t.test('settings that are not known are passed over', async (t) => {
  for (const id of [0, 7, 8, 9, 0xffff]) t.same(applied(id, 2 ** 32 - 1), initial, String(id))
})

t.test('many settings in one frame: the last of each holds', async (t) => {
  const settings = initialPeerSettings()
  t.equal(applySettings(payload([4, 1], [3, 5], [4, 2]), settings), undefined)
  t.same(settings, { ...initial, initialWindowBytes: 2, streamsMax: 5 })
  t.equal(applySettings(Buffer.alloc(0), settings), undefined, 'none at all')
})

t.test('nothing behind an error is taken over', async (t) => {
  const settings = initialPeerSettings()
  t.equal(applySettings(payload([5, 1], [3, 5]), settings), constants.NGHTTP2_PROTOCOL_ERROR)
  t.same(settings, initial)
})

t.test('a payload that is no row of settings is an error', async (t) => {
  for (const length of [1, 5, 7, 11]) {
    const settings = initialPeerSettings()
    t.equal(applySettings(Buffer.alloc(length, 1), settings), constants.NGHTTP2_FRAME_SIZE_ERROR)
    t.same(settings, initial)
  }
})

t.test('of table sizes each counts, not only the last: RFC 7541, section 4.2', async (t) => {
  t.same(headerTableSizesIn(payload([1, 0], [4, 7], [1, 4096], [0x101, 5])), [0, 4096])
  t.same(headerTableSizesIn(payload([3, 1])), [])
})

t.test('whether push is enabled is what any of them says', async (t) => {
  t.equal(enablesPush(payload()), false)
  t.equal(enablesPush(payload([2, 0], [3, 1])), false)
  t.equal(enablesPush(payload([3, 1], [2, 1])), true)
})
