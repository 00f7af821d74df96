import t from 'tap'
import {
  END_HEADERS,
  block,
  data,
  frame,
  headers,
  noteConnection,
  preface,
  readFrames,
  request,
  response,
  settings,
} from '../support/frames.ts'

const ok = [':status', '200']

t.test('each side begins with its preface and settings', async (t) => {
  const narrow = { connectionWindowBytes: 100, streamWindowBytes: 100, headerTableBytesMax: 100 }
  const first = Buffer.concat(noteConnection('client', narrow).connection.takeOutput())
  t.ok(first.subarray(0, 24).equals(preface))
  t.equal(readFrames(first)[0]?.payload.toString('hex').slice(0, 24), '000100000064000200000000')
  t.equal(readFrames(first).length, 1, 'a window cannot be made narrower')
  const server = noteConnection('server').frames()
  t.equal(server[0]?.payload.toString('hex').slice(12, 24), '000300000003')
  t.equal(server[1]?.payload.readUInt32BE(0), 131_072 - 65_535)
})

t.test('whoever has not read our settings may still send what HTTP/2 starts with', async (t) => {
  const narrow = { connectionWindowBytes: 100, streamWindowBytes: 100 }
  const { connection, take } = noteConnection('server', narrow).greeted()
  take(headers(1, request), ...Array.from({ length: 3 }, () => data(1, 'x'.repeat(16_000))))
  t.equal(connection.isClosed, false)
})

t.test('a server takes the preface in any pieces, and nothing else', async (t) => {
  const { take, told, connection } = noteConnection('server')
  for (const byte of Buffer.concat([preface, settings()])) take(Buffer.from([byte]))
  t.same(told, ['settings'])
  t.equal(connection.isClosed, false)
  const other = noteConnection('server')
  t.same(other.after(Buffer.from('GET / HTTP/1.1\r\n')).slice(0, 1), [
    'failure 1 this is not the preface of HTTP/2',
  ])
})

t.test('nothing is read or written after a failure', async (t) => {
  const { connection, after, take, stream, written } = noteConnection('server').greeted()
  take(headers(1, request))
  const one = stream(1)
  take(data(1, 'abc'))
  const huge = Buffer.from([0, 64, 1, 0, 0, 0, 0, 0, 1])
  t.same(after(huge), ['failure 6 a frame is larger than allowed', 'GOAWAY 1 6'])
  t.same([connection.isClosed, connection.room], [true, 0])
  connection.fail(1, 'again')
  connection.sendHead(one, ok, false)
  connection.sendData(one, Buffer.from('x'))
  connection.sendEnd(one)
  connection.consume(one, 3)
  connection.ping()
  connection.goaway(0, 'late')
  connection.resume()
  connection.reset(one, 8)
  t.same(after(headers(3, request)), [])
  t.equal(connection.outputBytes, 0)
  t.same(written(), [])
})

t.test('a client opens as many streams as it may', async (t) => {
  const { connection, take, written } = noteConnection('client').greeted()
  t.equal(connection.room, Infinity)
  take(settings([3, 2]))
  const one = connection.open(request, true, 'one')
  const two = connection.open(request, false, 'two')
  t.same([one.id, two.id, two.context], [1, 3, 'two'])
  t.equal(connection.room, 0)
  t.same(written(), ['SETTINGS ack', 'HEADERS 1 end', 'HEADERS 3'])
})

t.test('a stream that both sides have ended is settled, once', async (t) => {
  const note = noteConnection(
    'server',
    {},
    { onData: (stream, _part, ends) => ends && note.connection.sendHead(stream, ok, true) },
  )
  note.greeted()
  note.take(headers(1, request))
  t.same(note.after(data(1, 'x', true)), ['data 1 x end', 'settled 1', 'HEADERS 1 end'])
  t.equal(note.connection.streams.size, 0)
})

t.test('nothing more is sent behind an end, even one that waits', async (t) => {
  const { connection, take, stream, written } = noteConnection('server').greeted()
  take(settings([4, 0]), headers(1, request))
  written()
  const one = stream(1)
  connection.sendData(one, Buffer.from('ab'))
  connection.sendEnd(one)
  connection.sendData(one, Buffer.from('cd'))
  connection.sendEnd(one, ['grpc-status', '1'])
  t.same([one.queuedBytes, one.trailers], [2, undefined])
  connection.reset(one, 8)
  connection.reset(one, 8)
  connection.sendHead(one, ok, true)
  t.same(written(), ['RST_STREAM 1 8'], 'and a reset is the last')
})

t.test('what is consumed is given back once, whenever the stream ended', async (t) => {
  const { connection, take, stream, written } = noteConnection('server').greeted()
  take(headers(1, request))
  const one = stream(1)
  for (let count = 0; count < 4; count++) take(data(1, 'x'.repeat(16_000)))
  connection.reset(one, 0)
  t.same(written(), ['RST_STREAM 1 0'])
  connection.consume(one, 64_000)
  t.same(written(), [], 'the end of the stream gave it back')
  take(headers(3, request))
  take(data(3, 'x'.repeat(1536)))
  connection.consume(stream(3), 2000)
  t.same(written(), ['WINDOW_UPDATE 0 65536'])
})

t.test('streams that the other side makes us reset are counted: CVE-2025-8671', async (t) => {
  const { after } = noteConnection('server').greeted()
  const bad = [1, 3, 5, 7, 9, 11].map((id) => headers(id, [':method', 'POST']))
  t.same(after(...bad).slice(0, 1), ['failure 11 too many streams had to be reset'])
})

t.test('a client hears of a stream that it had to reset before its answer began', async (t) => {
  const { connection, after } = noteConnection('client').greeted()
  connection.open(request, true, 'one')
  t.same(after(headers(1, [':status', 'x'])), ['reset 1 1', 'HEADERS 1 end', 'RST_STREAM 1 1'])
  t.same(after(headers(1, response)), [], 'the rest is passed over')
})

t.test('GOAWAY names the last stream that was taken, and pings are sent', async (t) => {
  const { connection, take, written } = noteConnection('server').greeted()
  take(headers(5, request))
  connection.goaway(0, 'going', 2 ** 31 - 1)
  connection.ping()
  connection.goaway(0, 'gone')
  t.same(written(), ['GOAWAY 2147483647 0', 'PING', 'GOAWAY 5 0'])
})

t.test('a stream of an even number is never open', async (t) => {
  const { after } = noteConnection('server').greeted()
  after(headers(5, request))
  t.match(after(frame('RST_STREAM', 0, 4, [0, 0, 0, 8])), [/^failure 1/, 'GOAWAY 5 1'])
})

t.test('a stream that the other side resets is forgotten, and its owner told', async (t) => {
  const { connection, take, after } = noteConnection('server').greeted()
  take(headers(1, request))
  t.same(after(frame('RST_STREAM', 0, 1, [0, 0, 0, 8])), ['reset 1 8'])
  t.equal(connection.streams.size, 0)
})

t.test('bodies wait while their connection is paused', async (t) => {
  const { connection, take, stream, written } = noteConnection('server').greeted()
  take(headers(1, request))
  connection.pause()
  connection.sendData(stream(1), Buffer.from('ab'))
  t.same(written(), [])
  connection.resume()
  t.same(written(), ['DATA 1 2'])
})

t.test('streams above the one that a GOAWAY named are not looked at', async (t) => {
  const { connection, after } = noteConnection('server').greeted()
  connection.refuseAbove(1)
  t.same(after(headers(3, request)), [])
  t.equal(connection.lastRemoteId, 1)
})

t.test('it is known whether the rest of a frame or of a header block is due', async (t) => {
  const { connection, take } = noteConnection('server').greeted()
  const before = connection.framesRead
  t.equal(connection.isMidway, false)
  take(frame('PING', 0, 0, Buffer.alloc(8)).subarray(0, 3))
  t.same([connection.isMidway, connection.framesRead - before], [true, 0])
  take(frame('PING', 0, 0, Buffer.alloc(8)).subarray(3))
  t.same([connection.isMidway, connection.framesRead - before], [false, 1])
  take(frame('HEADERS', 0, 1, block(request)))
  t.same([connection.isMidway, connection.framesRead - before], [true, 2])
  take(frame('CONTINUATION', END_HEADERS, 1))
  t.same([connection.isMidway, connection.framesRead - before], [false, 3])
})

t.test('what is much work is left for later, and larger header blocks are more work', async (t) => {
  const { connection, told } = noteConnection('server', { streamsMax: 100 }).greeted()
  const calls = [1, 3, 5].map((id) => headers(id, request))
  const heads = () => told.filter((word) => word.startsWith('head')).length
  const before = heads()
  const rest = connection.receive(Buffer.concat([...calls, data(1, 'abc')]), 0, 2)
  t.equal(heads() - before, 2)
  t.notOk(told.includes('data 1 abc'), 'nothing overtakes what is left')
  t.equal(connection.receive(rest as Buffer, 0, 2), undefined)
  t.equal(heads() - before, 3)
  t.ok(told.includes('data 1 abc'))
  const many = [...request, ...Array.from({ length: 100 }, () => ['x-many', 'v']).flat()]
  const large = Buffer.concat([headers(7, many), headers(9, request), headers(11, request)])
  t.ok(connection.receive(large, 0, 4))
  t.equal(heads() - before, 4, 'one of a hundred fields is as much as four')
  t.equal(connection.work, 7)
})

t.test('what is left behind a failure is nobody’s', async (t) => {
  const { connection } = noteConnection('server').greeted()
  const wrong = Buffer.concat([headers(2, request), headers(3, request)])
  t.equal(connection.receive(wrong, 0, 1), undefined)
  t.ok(connection.isClosed)
})
