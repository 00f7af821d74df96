import t from 'tap'
import { FrameWriter } from '../../src/wire/frames/frame-writer.ts'
import { ReceiveWindows } from '../../src/wire/receive-windows.ts'
import { Stream } from '../../src/wire/stream.ts'

/** Windows of 100 bytes for a stream and 300 for the connection, and what they write. */
function createWindows({ isConnectionOpen = false } = {}) {
  const writer = new FrameWriter()
  const options = { streamBytes: 100, connectionBytes: 300, isConnectionOpen }
  const windows = new ReceiveWindows(writer, options)
  const stream = new Stream(7, 0, 100)
  const written = () => {
    const bytes = Buffer.concat(writer.take())
    return Array.from({ length: bytes.length / 13 }, (_, at) => [
      bytes.readUInt32BE(at * 13 + 5),
      bytes.readUInt32BE(at * 13 + 9),
    ])
  }
  return { windows, stream, written }
}

t.test('a stream may send as much as its window, and not a byte more', async (t) => {
  const { windows, stream } = createWindows()
  t.equal(windows.takeOf(stream, 100), true)
  t.equal(stream.unconsumed, 100)
  t.equal(windows.takeOf(stream, 1), false)
})

t.test('so may all streams together', async (t) => {
  const { windows, written } = createWindows()
  t.equal(windows.take(300), true)
  t.equal(windows.take(0), true)
  t.equal(windows.take(1), false)
  t.same(written(), [])
})

t.test('windows are widened by what was consumed, in steps of half their size', async (t) => {
  const { windows, stream, written } = createWindows()
  windows.take(100)
  windows.takeOf(stream, 100)
  windows.consume(stream, 49)
  t.same(written(), [])
  windows.consume(stream, 1)
  t.same(written(), [[7, 50]])
  t.equal(stream.unconsumed, 50)
  t.equal(windows.takeOf(stream, 50), true)
  t.equal(windows.takeOf(stream, 1), false)
})

t.test('the window of the connection is widened for all streams together', async (t) => {
  const { windows, stream, written } = createWindows()
  stream.receiveWindow = 300
  windows.take(300)
  windows.takeOf(stream, 300)
  stream.isRemoteDone = true
  windows.consume(stream, 149)
  t.same(written(), [])
  t.equal(windows.take(1), false, 'full')
  windows.consume(stream, 1)
  t.same(written(), [[0, 150]])
})

t.test('a stream that sends no more is not told of more room', async (t) => {
  for (const end of ['isRemoteDone', 'isReset'] as const) {
    const { windows, stream, written } = createWindows()
    windows.take(100)
    windows.takeOf(stream, 100)
    stream[end] = true
    windows.consume(stream, 100)
    t.same(written(), [], end)
    t.equal(stream.unconsumed, 0)
  }
})

t.test('what nobody will read counts as read', async (t) => {
  const { windows, stream, written } = createWindows()
  windows.take(100)
  windows.takeOf(stream, 100)
  windows.release(stream)
  t.equal(stream.unconsumed, 0)
  t.same(written(), [])
  windows.release(stream)
  windows.take(50)
  windows.pass(50)
  t.same(written(), [[0, 150]], 'once, and with what belongs to no stream')
})

t.test('an open connection is widened as bytes come, whoever reads them', async (t) => {
  const { windows, stream, written } = createWindows({ isConnectionOpen: true })
  for (let round = 0; round < 10; round++) t.equal(windows.take(150), true)
  t.same(
    written(),
    Array.from({ length: 10 }, () => [0, 150]),
  )
  windows.takeOf(stream, 100)
  windows.consume(stream, 50)
  t.same(written(), [[7, 50]], 'consuming widens the stream alone')
  windows.pass(300)
  windows.release(stream)
  t.same(written(), [])
  t.equal(windows.take(301), false, 'not more than was told')
})
