import t from 'tap'
import { constants } from 'node:http2'
import {
  clientPreface,
  errorCode,
  flag,
  frameHeaderBytes,
  frameType,
  initialWindowBytes,
  largestCount,
  payloadBytesMax,
  settingId,
} from '../../../src/wire/frames/codes.ts'

/** `flowControlError` as nghttp2 writes it: `FLOW_CONTROL_ERROR`. */
function shouted(name: string): string {
  return name.replaceAll(/[A-Z]/g, (capital) => `_${capital}`).toUpperCase()
}

const known: Readonly<Record<string, unknown>> = { ...constants }

t.test('error codes are those of nghttp2, and all of RFC 9113, section 7', async (t) => {
  const odd: Readonly<Record<string, string>> = { HTTP11_REQUIRED: 'HTTP_1_1_REQUIRED' }
  for (const [name, code] of Object.entries(errorCode)) {
    const theirs = odd[shouted(name)] ?? shouted(name)
    t.equal(code, known[`NGHTTP2_${theirs}`], name)
  }
  t.same(
    Object.values(errorCode),
    Array.from({ length: 14 }, (_, code) => code),
  )
})

t.test('flags are those of nghttp2', async (t) => {
  for (const [name, bit] of Object.entries(flag)) {
    t.equal(bit, known[`NGHTTP2_FLAG_${shouted(name)}`], name)
  }
})

t.test('settings are those of nghttp2', async (t) => {
  for (const [name, id] of Object.entries(settingId)) {
    t.equal(id, known[`NGHTTP2_SETTINGS_${shouted(name)}`], name)
  }
})

t.test('frame types are those of RFC 9113, section 6, in its order', async (t) => {
  t.same(Object.entries(frameType), [
    ['data', 0],
    ['headers', 1],
    ['priority', 2],
    ['reset', 3],
    ['settings', 4],
    ['pushPromise', 5],
    ['ping', 6],
    ['goaway', 7],
    ['windowUpdate', 8],
    ['continuation', 9],
  ])
})

t.test('sizes are those of RFC 9113', async (t) => {
  t.equal(payloadBytesMax, constants.DEFAULT_SETTINGS_MAX_FRAME_SIZE)
  t.equal(initialWindowBytes, constants.DEFAULT_SETTINGS_INITIAL_WINDOW_SIZE)
  t.equal(frameHeaderBytes, 9)
  t.equal(largestCount, 0x7fff_ffff)
  t.equal(clientPreface.toString('hex'), '505249202a20485454502f322e300d0a0d0a534d0d0a0d0a')
})
