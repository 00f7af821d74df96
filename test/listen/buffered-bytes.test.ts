import t from 'tap'
import { BufferedBytes } from '../../src/listen/buffered-bytes.ts'

void t.test(
  'what is held is too much above the limit, and far too much half above it',
  async (t) => {
    const buffered = new BufferedBytes(100)
    const at = (bytes: number) => {
      buffered.bytes = bytes
      return [buffered.isOver, buffered.isFarOver]
    }
    t.same(at(0), [false, false])
    t.same(at(100), [false, false])
    t.same(at(101), [true, false])
    t.same(at(150), [true, false])
    t.same(at(151), [true, true])
  },
)

void t.test('bodies, calls and what sockets hold count together', async (t) => {
  const buffered = new BufferedBytes(100)
  Object.assign(buffered, { bytes: 50, callBytes: 40, unsentBytes: 10 })
  t.equal(buffered.total, 100)
  t.notOk(buffered.isOver)
  buffered.unsentBytes += 1
  t.ok(buffered.isOver)
})
