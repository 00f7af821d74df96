import t from 'tap'
import {
  frame,
  headers,
  noteConnection,
  request,
  settings,
  windowUpdate,
} from '../support/frames.ts'

const ok = [':status', '200']

/** A server with requests that have ended, and whose answers have begun. */
function answering(count: number, onSent?: (note: ReturnType<typeof noteConnection>) => void) {
  const note = noteConnection('server', {}, { onSent: () => onSent?.(note) }).greeted()
  for (let id = 1; id < count * 2; id += 2) {
    note.take(headers(id, request, true))
    note.connection.sendHead(note.stream(id), ok, false)
  }
  note.frames()
  note.told.length = 0
  return note
}

t.test('a body goes out in frames of 16 KiB, and ends with its last', async (t) => {
  const { connection, stream, written } = answering(1)
  const one = stream(1)
  connection.sendData(one, Buffer.alloc(20_000))
  connection.sendEnd(one)
  t.same(written(), ['DATA 1 16384', 'DATA 1 3616', 'DATA 1 0 end'])
  t.equal(connection.streams.size, 0)
})

t.test('an empty part is nothing', async (t) => {
  const { connection, stream, written } = answering(1)
  connection.sendData(stream(1), Buffer.alloc(0))
  t.same(written(), [])
})

t.test('a stream waits for its own window, and then ends behind its body', async (t) => {
  const { connection, stream, after, take, written } = answering(1)
  take(settings([4, 4]))
  written()
  connection.sendData(stream(1), Buffer.from('01234567'))
  connection.sendEnd(stream(1))
  t.same(written(), ['DATA 1 4'])
  t.same(after(windowUpdate(1, 1000)), ['sent 1 4', 'settled 1', 'DATA 1 4 end'])
})

t.test('parts that wait go out in their order', async (t) => {
  const { connection, stream, after, take, written } = answering(1)
  take(settings([4, 0]))
  written()
  for (const part of ['01', '2345', '6']) connection.sendData(stream(1), Buffer.from(part))
  connection.sendEnd(stream(1))
  t.same(written(), [])
  t.same(after(windowUpdate(1, 5)), ['sent 1 2', 'sent 1 3', 'DATA 1 2', 'DATA 1 3'])
  t.same(after(windowUpdate(1, 5)).slice(-2), ['DATA 1 1', 'DATA 1 1 end'])
})

t.test('trailers come behind the body', async (t) => {
  const { connection, stream, after, take, written } = answering(1)
  take(settings([4, 1]))
  written()
  connection.sendData(stream(1), Buffer.from('ab'))
  connection.sendEnd(stream(1), ['grpc-status', '0'])
  t.same(written(), ['DATA 1 1'])
  t.same(after(windowUpdate(1, 1000)), ['sent 1 1', 'settled 1', 'DATA 1 1', 'HEADERS 1 end'])
})

t.test('streams share the window of the connection, and take turns', async (t) => {
  const { connection, stream, after, written } = answering(2)
  for (const id of [1, 3]) connection.sendData(stream(id), Buffer.alloc(60_000))
  t.equal(written().length, 5, 'as much as a connection starts with')
  const seen = after(windowUpdate(0, 30_000)).filter((line) => line.startsWith('DATA'))
  t.same(seen, ['DATA 3 16384', 'DATA 3 13616'])
  connection.sendData(stream(1), Buffer.alloc(5000))
  const turns = after(windowUpdate(0, 25_000)).filter((line) => line.startsWith('DATA'))
  t.match(turns, [/^DATA 3/, /^DATA 1/])
})

t.test('a window that was lowered while a stream waited for its turn is kept to', async (t) => {
  const { connection, stream, after, written } = answering(2)
  connection.sendData(stream(1), Buffer.alloc(65_535))
  connection.sendData(stream(3), Buffer.alloc(10))
  written()
  after(settings([4, 0]))
  t.same(after(windowUpdate(0, 1000)), [])
  t.same(after(settings([4, 5])), ['sent 3 5', 'settings', 'SETTINGS ack', 'DATA 3 5'])
})

t.test('nothing is sent while paused', async (t) => {
  const { connection, stream, written } = answering(1)
  connection.pause()
  connection.sendData(stream(1), Buffer.from('ab'))
  t.same(written(), [])
  connection.resume()
  t.same(written(), ['DATA 1 2'])
})

t.test('streams that are reset while they wait are forgotten', async (t) => {
  const { connection, stream, after, written } = answering(2)
  connection.sendData(stream(1), Buffer.alloc(65_535))
  written()
  const three = stream(3)
  connection.sendData(three, Buffer.alloc(10))
  connection.reset(three, 8)
  t.equal(three.queuedBytes, 0)
  t.same(after(windowUpdate(0, 1000)), ['RST_STREAM 3 8'])
})

t.test('who resets a stream when told of its last bytes ends it so', async (t) => {
  for (const trailers of [undefined, ['grpc-status', '0']]) {
    const { connection, stream, take, after, written, told } = answering(1, (note) => {
      if (note.stream(1).isEndQueued) note.connection.reset(note.stream(1), 8)
    })
    take(settings([4, 0]))
    const one = stream(1)
    connection.sendData(one, Buffer.from('ab'))
    connection.sendEnd(one, trailers)
    written()
    const end = trailers === undefined ? ' end' : ''
    const seen = after(windowUpdate(1, 1000))
    t.same(seen, ['sent 1 2', `DATA 1 2${end}`, 'RST_STREAM 1 8'])
    t.notOk(told.includes('settled 1'))
  }
})

t.test('no window can be made wider than windows can be', async (t) => {
  const widest = 2 ** 31 - 1
  t.match(answering(1).after(windowUpdate(1, widest)), ['reset 1 3', 'RST_STREAM 1 3'])
  t.match(answering(1).after(windowUpdate(0, widest)), [/^failure 3/, /^GOAWAY/])
  const { take, after } = answering(1)
  take(windowUpdate(1, widest - 65_535))
  t.match(after(settings([4, 65_536])).slice(0, 1), [/^failure 3/])
})

t.test('it knows whether a head or a part of a body went out, once', async (t) => {
  const { connection, stream, after } = answering(1)
  const ping = frame('PING', 0, 0, Buffer.alloc(8))
  const acks = Array.from({ length: 6 }, () => 'PING ack')
  t.same(after(ping, ping, ping, ping, ping, ping), acks, 'five, and one for the head')
  connection.sendData(stream(1), Buffer.from('a part'))
  t.match(after(ping), ['DATA 1 6', 'PING ack'])
  t.match(after(ping), ['failure 11 too many PINGs'])
})
