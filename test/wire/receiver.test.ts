import t from 'tap'
import {
  ACK,
  END_HEADERS,
  data,
  frame,
  headers,
  noteConnection,
  preface,
  request,
  reset,
  settings,
  uint32,
  windowUpdate,
} from '../support/frames.ts'

const eight = Buffer.alloc(8)
const server = () => noteConnection('server').greeted()
const failure = (seen: readonly string[]) => seen.find((line) => line.startsWith('failure')) ?? ''

t.test('SETTINGS come first, and acknowledge nothing: RFC 9113, section 3.4', async (t) => {
  for (const first of [frame('PING', 0, 0, eight), frame('SETTINGS', ACK, 0)]) {
    const { after } = noteConnection('server')
    t.match(failure(after(preface, first)), /^failure 1 the first frame is not SETTINGS/)
  }
  const { after } = noteConnection('server')
  t.match(after(preface, settings()), ['settings', 'SETTINGS', 'WINDOW_UPDATE 0', 'SETTINGS ack'])
})

t.test('frames that are malformed end the connection', async (t) => {
  const cases: [name: string, code: number, frame: Buffer][] = [
    ['a header block is interrupted', 1, Buffer.concat([frame('HEADERS', 0, 1), data(1, 'x')])],
    ['CONTINUATION of no header block', 1, frame('CONTINUATION', 0, 1)],
    ['PUSH_PROMISE', 1, frame('PUSH_PROMISE', END_HEADERS, 1, uint32(2))],
    ['WINDOW_UPDATE has not four bytes', 6, frame('WINDOW_UPDATE', 0, 0, [1])],
    ['WINDOW_UPDATE by nothing', 1, windowUpdate(0, 0)],
    ['the window of the connection', 3, windowUpdate(0, 2 ** 31 - 1)],
    ['WINDOW_UPDATE of a stream not open', 1, windowUpdate(1, 1)],
    ['RST_STREAM has not four bytes', 6, frame('RST_STREAM', 0, 1, [1])],
    ['RST_STREAM of no stream', 1, reset(0)],
    ['RST_STREAM of no stream', 1, reset(1)],
    ['SETTINGS on a stream', 1, frame('SETTINGS', 0, 1)],
    ['SETTINGS that acknowledge and say', 6, frame('SETTINGS', ACK, 0, Buffer.alloc(6))],
    ['SETTINGS that are not allowed', 6, frame('SETTINGS', 0, 0, [1])],
    ['PING on a stream', 1, frame('PING', 0, 1, eight)],
    ['PING has not eight bytes', 6, frame('PING', 0, 0, [1])],
    ['GOAWAY on a stream', 1, frame('GOAWAY', 0, 1, eight)],
    ['GOAWAY has less than eight bytes', 6, frame('GOAWAY', 0, 0, [1])],
    ['PRIORITY on no stream', 1, frame('PRIORITY', 0, 0, Buffer.alloc(5))],
    ['PRIORITY that is malformed', 6, frame('PRIORITY', 0, 1, [1])],
    ['PRIORITY that is malformed', 1, frame('PRIORITY', 0, 1, [0, 0, 0, 1, 0])],
  ]
  for (const [words, code, bytes] of cases) {
    const seen = server().after(bytes)
    t.match(failure(seen), `failure ${code} ${words}`, words)
    t.equal(seen.at(-1), `GOAWAY 0 ${code}`)
  }
})

t.test('floods of frames that are cheap to send end the connection', async (t) => {
  const floods: [name: string, frame: Buffer][] = [
    ['SETTINGS', settings()],
    ['SETTINGS', frame('SETTINGS', ACK, 0)],
    ['PING', frame('PING', 0, 0, eight)],
    ['PING', frame('PING', ACK, 0, eight)],
    ['GOAWAY', frame('GOAWAY', 0, 0, eight)],
    ['PRIORITY', frame('PRIORITY', 0, 1, Buffer.alloc(5))],
    ['unknown', frame(0x99, 0, 1, eight)],
    ['small WINDOW_UPDATE', windowUpdate(0, 1)],
  ]
  for (const [name, bytes] of floods) {
    const { after, connection } = server()
    after(...Array.from({ length: 4 }, () => bytes))
    t.equal(connection.isClosed, false, name)
    t.match(failure(after(bytes, bytes)), new RegExp(`^failure 11 too many ${name}`))
  }
  const { after } = server()
  const opened = [1, 3, 5, 7, 9, 11].flatMap((id) => [headers(id, request), reset(id)])
  t.match(failure(after(...opened)), 'failure 11 too many streams were reset')
})

t.test('floods are counted by the second', async (t) => {
  const { connection } = server()
  const pings = Buffer.concat(Array.from({ length: 5 }, () => frame('PING', 0, 0, eight)))
  for (const now of [0, 1000, 2000]) connection.receive(pings, now)
  t.equal(connection.isClosed, false)
})

t.test('a ping for what was sent is not counted, and a second one for it is', async (t) => {
  const ping = frame('PING', 0, 0, eight)
  const { after, connection, stream, take } = server()
  take(headers(1, request, true))
  connection.sendHead(stream(1), [':status', '200'], false)
  after(ping)
  for (let count = 0; count < 100; count += 1) {
    connection.sendData(stream(1), Buffer.from('a part'))
    t.match(after(ping), ['DATA 1 6', 'PING ack'])
  }
  after(ping, ping, ping, ping, ping)
  t.equal(connection.isClosed, false)
  t.match(failure(after(ping)), 'failure 11 too many PINGs')
})

t.test('pings, pongs and GOAWAY reach who they are for', async (t) => {
  const { after } = server()
  t.same(after(frame('PING', 0, 0, eight)), ['PING ack'])
  t.same(after(frame('PING', ACK, 0, eight)), ['pong'])
  t.same(after(frame('GOAWAY', 0, 0, uint32(2 ** 31 + 5, 2))), ['goaway 5 2'])
  t.same(after(frame(0x99, 0, 1, eight)), [], 'unknown types are passed over')
})

t.test('what is wrong with one open stream resets that stream', async (t) => {
  const cases: [code: number, frame: Buffer][] = [
    [1, windowUpdate(1, 0)],
    [3, windowUpdate(1, 2 ** 31 - 1)],
    [6, frame('PRIORITY', 0, 1, [1])],
    [1, frame('PRIORITY', 0, 1, [0, 0, 0, 1, 0])],
  ]
  for (const [code, bytes] of cases) {
    const { after, take } = server()
    take(headers(1, request))
    t.same(after(bytes), [`reset 1 ${code}`, `RST_STREAM 1 ${code}`])
  }
})

t.test('a stream that the other side resets is over, and after it nothing may come', async (t) => {
  const { after, take, connection } = server()
  take(headers(1, request))
  t.same(after(reset(1, 8)), ['reset 1 8'])
  t.equal(connection.streams.size, 0)
  t.same(after(windowUpdate(1, 1000), reset(1)), [], 'late, and harmless')
  t.match(failure(after(windowUpdate(1, 0))), 'failure 1 WINDOW_UPDATE by nothing')
})

t.test('a reset that crosses ours ends what is passed over', async (t) => {
  const { after, take, connection, stream } = server()
  take(headers(1, request))
  connection.reset(stream(1), 0)
  t.same(after(data(1, 'late')), ['RST_STREAM 1 0'])
  after(reset(1))
  t.match(failure(after(data(1, 'too late'))), 'failure 5')
})

t.test('a new initial window changes the windows of all streams at once', async (t) => {
  const { after, take, connection, stream } = noteConnection('server', {
    settingsPerSecondMax: 99,
  }).greeted()
  take(settings([4, 0]), headers(1, request, true), headers(3, request))
  connection.sendHead(stream(1), [':status', '200'], false)
  connection.sendData(stream(1), Buffer.from('0123456789'))
  connection.sendEnd(stream(1))
  after()
  // The acknowledgement stands before what it made possible.
  t.same(after(settings([4, 4])), ['sent 1 4', 'settings', 'SETTINGS ack', 'DATA 1 4'])
  t.equal(stream(3).sendWindow, 4)
  t.same(after(settings([4, 2])), ['settings', 'SETTINGS ack'])
  t.equal(stream(1).sendWindow, -2)
  t.same(after(settings([4, 2])), ['settings', 'SETTINGS ack'], 'no change')
  take(windowUpdate(3, 2 ** 31 - 3))
  t.match(failure(after(settings([4, 3]))), 'failure 3 SETTINGS make the window')
})

t.test('a stream opened while windows are changed has the new one once', async (t) => {
  const note = noteConnection(
    'client',
    {},
    {
      onSettled: () => void note.connection.open(request, false, 'next'),
    },
  )
  note.greeted()
  note.take(settings([4, 0]))
  const first = note.connection.open(request, false, 'first')
  note.connection.sendData(first, Buffer.from('abc'))
  note.connection.sendEnd(first)
  note.take(headers(1, [':status', '200'], true))
  note.take(settings([4, 100]))
  t.ok(note.told.includes('settled 1'))
  t.equal(note.stream(3).sendWindow, 100)
})

t.test('a server may not enable push, and may say that it does not', async (t) => {
  const client = () => noteConnection('client').greeted()
  t.match(failure(client().after(settings([2, 1]))), 'failure 1 a server enables push')
  t.same(client().after(settings([2, 0], [3, 7])), ['settings', 'SETTINGS ack'])
  t.same(server().after(settings([2, 1])), ['settings', 'SETTINGS ack'])
})

t.test('of two table sizes in one frame the smaller is announced as well', async (t) => {
  const { connection, after, frames, stream } = server()
  after(headers(1, request, true), headers(3, request, true))
  connection.sendHead(stream(1), ['x-a', 'b'], true)
  frames()
  after(settings([1, 0], [1, 100]))
  connection.sendHead(stream(3), ['x-a', 'b'], true)
  // 0, then 100, and then the field anew, since the table was emptied in between.
  const added = '4003782d610162'
  t.equal(frames()[0]?.payload.toString('hex'), `203f45${added}`)
})
