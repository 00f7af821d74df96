import t from 'tap'
import { prefixBytes, promisedBytes } from '../../src/core/message-prefix.ts'
import { frameOf } from '../support/raw-http2.ts'

t.test('a message begins behind its prefix, which says its length', async (t) => {
  const frame = frameOf(Buffer.alloc(70_000, 'm'), 1)
  t.equal(promisedBytes(frame), 70_000)
  t.equal(frame.length, prefixBytes + promisedBytes(frame))
})

t.test('a promise is read as it stands, up to the largest', async (t) => {
  t.equal(promisedBytes(Buffer.from([0, 0xff, 0xff, 0xff, 0xff])), 2 ** 32 - 1)
})
