import t from 'tap'
import {
  END_HEADERS,
  END_STREAM,
  PADDED,
  PRIORITY,
  block,
  data,
  frame,
  headers,
  noteConnection,
  request,
  reset,
  response,
} from '../support/frames.ts'

const server = () => noteConnection('server').greeted()
/** A client that has sent a request on stream 1. */
const client = () => {
  const note = noteConnection('client').greeted()
  note.connection.open(request, true, 'call')
  note.frames()
  return note
}
const failure = (seen: readonly string[]) => seen.find((line) => line.startsWith('failure')) ?? ''
const head = `head 1 ${request.join(' ')}`
const selfDependent = (id: number) => Buffer.from([0, 0, 0, id, 0])

t.test('a request comes as head, body and end', async (t) => {
  const { after } = server()
  t.same(after(headers(1, request)), [head])
  t.same(after(data(1, 'one'), data(1, 'two', true)), ['data 1 one', 'data 1 two end'])
})

t.test('a request may end with its head, or with trailers', async (t) => {
  const { after } = server()
  t.same(after(headers(1, request, true)), [`${head} end`])
  after(headers(3, request))
  t.same(after(headers(3, ['x-last', '1'], true)), ['trailers 3 x-last 1'])
})

t.test('a header block may come padded, with a priority, and in parts', async (t) => {
  const whole = block(request)
  const padded = Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 9]), whole, Buffer.alloc(2)])
  t.same(server().after(frame('HEADERS', END_HEADERS | PADDED | PRIORITY, 1, padded)), [head])
  const parts = [
    frame('HEADERS', END_STREAM, 1, whole.subarray(0, 5)),
    frame('CONTINUATION', 0, 1, whole.subarray(5, 9)),
    frame('CONTINUATION', END_HEADERS, 1, whole.subarray(9)),
  ]
  t.same(server().after(...parts), [`${head} end`])
})

t.test('frames of messages that are malformed end the connection', async (t) => {
  const part = frame('CONTINUATION', 0, 1)
  const cases: [words: string, code: number, frames: Buffer[]][] = [
    ['HEADERS on a stream', 1, [headers(0, request)]],
    ['HEADERS on a stream', 1, [headers(2, request)]],
    ['HEADERS with too much padding', 1, [frame('HEADERS', END_HEADERS | PADDED, 1, [9])]],
    ['HEADERS without its priority', 6, [frame('HEADERS', END_HEADERS | PRIORITY, 1, [9])]],
    ['CONTINUATION of no header block', 1, [part]],
    ['CONTINUATION of no header block', 1, [frame('HEADERS', 0, 3), part]],
    ['a header block is too large', 11, [frame('HEADERS', 0, 1), part, part, part]],
    ['a header block is too large', 11, [frame('HEADERS', 0, 1, Buffer.alloc(5000))]],
    ['a header block cannot be decoded', 9, [frame('HEADERS', END_HEADERS, 1, [0xff])]],
    ['DATA on no stream', 1, [data(0, 'x')]],
    ['DATA on a stream that is not open', 1, [data(1, 'x')]],
    ['DATA with too much padding', 1, [headers(1, request), frame('DATA', PADDED, 1, [9])]],
    ['DATA on a stream that is over', 5, [headers(1, request), reset(1), data(1, 'x')]],
    ['HEADERS on a stream that is over', 5, [headers(1, request), reset(1), headers(1, request)]],
    ['HEADERS on a stream that is over', 5, [headers(3, request), headers(1, request)]],
    ['too many frames that carry nothing', 11, [headers(1, request), ...ofNothing(6)]],
  ]
  for (const [words, code, frames] of cases) {
    t.match(failure(server().after(...frames)), `failure ${code} ${words}`, words)
  }
})

function ofNothing(count: number): Buffer[] {
  return Array.from({ length: count }, () => data(1, 'x'))
}

t.test('requests that are malformed are reset, and nobody hears of them', async (t) => {
  const big = ['x-big', 'x'.repeat(3900)]
  const cases: [code: number, frames: Buffer[]][] = [
    [1, [headers(1, [':method', 'POST'])]],
    [1, [headers(1, [...request, 'Upper', 'case'])]],
    [1, [headers(1, [...request, 'content-length', 'x'])]],
    [1, [headers(1, [...request, 'content-length', '5'], true)]],
    [11, [headers(1, [...request, ...big])]],
    [
      1,
      [
        frame(
          'HEADERS',
          END_HEADERS | PRIORITY,
          1,
          Buffer.concat([selfDependent(1), block(request)]),
        ),
      ],
    ],
  ]
  for (const [code, frames] of cases) {
    const { after, connection } = server()
    t.same(after(...frames), [`RST_STREAM 1 ${code}`])
    t.equal(connection.streams.size, 0)
    t.equal(connection.isClosed, false)
  }
})

t.test('what is wrong after the head resets the stream, and its owner hears of it', async (t) => {
  const late = Buffer.concat([selfDependent(1), block(['x-last', '1'])])
  const cases: [code: number, frames: Buffer[]][] = [
    [5, [headers(1, request, true), data(1, 'x')]],
    [5, [headers(1, request, true), headers(1, ['x-last', '1'], true)]],
    [1, [headers(1, request), headers(1, ['x-last', '1'])]],
    [1, [headers(1, request), headers(1, [':path', '/'], true)]],
    [1, [headers(1, request), headers(1, ['Upper', 'case'], true)]],
    [1, [headers(1, request), headers(1, ['x-big', 'x'.repeat(4070)], true)]],
    [1, [headers(1, request), frame('HEADERS', 0x25, 1, late)]],
    [1, [headers(1, [...request, 'content-length', '2']), data(1, 'xyz')]],
    [1, [headers(1, [...request, 'content-length', '2']), data(1, 'x', true)]],
    [1, [headers(1, [...request, 'content-length', '2']), headers(1, ['x-last', '1'], true)]],
  ]
  for (const [code, frames] of cases) {
    const { after } = server()
    t.same(after(...frames).slice(1), [`reset 1 ${code}`, `RST_STREAM 1 ${code}`])
  }
})

t.test('a body as long as its head says is taken', async (t) => {
  const { after } = server()
  after(headers(1, [...request, 'content-length', '5']))
  t.same(after(data(1, 'abc'), data(1, 'de', true)), ['data 1 abc', 'data 1 de end'])
})

t.test('streams beyond those allowed are refused, and can be tried again', async (t) => {
  const { after } = server()
  after(headers(1, request), headers(3, request), headers(5, request))
  t.same(after(headers(7, request)), ['RST_STREAM 7 7'])
  after(reset(1))
  t.match(after(headers(9, request)), [/^head 9/])
})

t.test(
  'streams above the last of our GOAWAY are passed over, whatever comes of them',
  async (t) => {
    const { after, take, connection } = server()
    take(headers(1, request))
    connection.refuseAbove(1)
    connection.goaway(0, 'going')
    t.same(after(headers(3, request), data(3, 'x', true)), ['GOAWAY 1 0'])
    t.same(after(headers(5, request), headers(5, ['x-last', '1'], true), reset(5)), [])
    t.same(after(data(1, 'still')), ['data 1 still'])
    t.equal(connection.lastRemoteId, 1)
    connection.fail(1, 'over')
    t.same(after(), ['failure 1 over', 'GOAWAY 1 1'].slice(1), 'what was said is not taken back')
  },
)

t.test('frames for a stream that we reset are passed over until its end', async (t) => {
  const { after, take, connection, stream } = server()
  take(headers(1, request))
  connection.reset(stream(1), 0)
  t.same(after(data(1, 'late'), headers(1, ['x-last', '1'], true)), ['RST_STREAM 1 0'])
  t.match(failure(after(headers(1, ['x-last', '1'], true))), 'failure 5')
})

t.test('more than a window allows is refused, padding counted', async (t) => {
  const full = frame('DATA', 0, 1, Buffer.alloc(16_384))
  const { after, take } = server()
  take(headers(1, request), full, full, full, full)
  t.same(after(data(1, 'xy')), ['reset 1 3', 'RST_STREAM 1 3', 'WINDOW_UPDATE 0 65538'])
  const two = server()
  two.take(headers(1, request), headers(3, request))
  const other = frame('DATA', 0, 3, Buffer.alloc(16_384))
  two.take(full, full, full, full, other, other, other, other)
  t.match(failure(two.after(data(1, 'x'))), 'failure 3 more DATA than the window')
})

t.test('padding is given back, since nobody consumes it', async (t) => {
  const { take, written, connection, stream } = server()
  take(headers(1, request))
  const padded = frame('DATA', PADDED, 1, Buffer.concat([Buffer.from([200]), Buffer.alloc(400)]))
  for (let count = 0; count < 82; count++) {
    take(padded)
    connection.consume(stream(1), 200)
  }
  t.same(written(), ['WINDOW_UPDATE 1 32882'])
})

t.test('a response comes as head, body and trailers', async (t) => {
  const { after } = client()
  const seen = after(headers(1, response), data(1, 'ok'), headers(1, ['grpc-status', '0'], true))
  const first = `head 1 ${response.join(' ')}`
  t.same(seen, [first, 'data 1 ok', 'trailers 1 grpc-status 0', 'settled 1'])
})

t.test('a response may be trailers only, or end with its body', async (t) => {
  t.match(client().after(headers(1, response, true)), [/^head 1 .* end$/, 'settled 1'])
  const { after } = client()
  t.match(after(headers(1, response), data(1, 'ok', true)), [/^head/, 'data 1 ok end', 'settled 1'])
})

t.test('interim responses are passed over, but not without end', async (t) => {
  const { after } = client()
  const interim = headers(1, [':status', '103'])
  t.same(after(interim, interim), [])
  t.match(after(headers(1, response)), [/^head 1/])
  const flood = Array.from({ length: 6 }, () => interim)
  t.match(failure(client().after(...flood)), 'failure 11 too many interim responses')
})

t.test('responses that are malformed are reset, and their owner hears of it', async (t) => {
  const dependent = Buffer.concat([selfDependent(1), block(response)])
  const cases: Buffer[] = [
    headers(1, ['no', 'status']),
    headers(1, [':status', '99']),
    headers(1, [':status', '2000']),
    headers(1, [':status', '101']),
    headers(1, [':status', '103'], true),
    headers(1, [...response, 'content-length', 'x']),
    headers(1, [...response, 'x-big', 'x'.repeat(4000)]),
    frame('HEADERS', END_HEADERS | PRIORITY, 1, dependent),
    data(1, 'before the head'),
  ]
  for (const bytes of cases) t.same(client().after(bytes), ['reset 1 1', 'RST_STREAM 1 1'])
})

t.test('a server opens no streams', async (t) => {
  t.match(failure(client().after(headers(2, response))), 'failure 1 HEADERS on a stream')
  t.match(failure(client().after(headers(3, response))), 'failure 1 HEADERS on a stream')
})
