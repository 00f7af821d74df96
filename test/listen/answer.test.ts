import { once } from 'node:events'
import type { Http2ServerResponse } from 'node:http2'
import t, { type Test } from 'tap'
import type { Answer, Status } from '../../src/core/answer.ts'
import { createAnswer, encodeWords } from '../../src/listen/answer.ts'
import { until } from '../support/audit-files.ts'
import { ask, frameOf, openStream, startRawServer } from '../support/raw-http2.ts'

const ok: Status = { code: 0, words: '', trailers: [] }

/** What a caller gets who is answered like this. */
async function answered(t: Test, give: (answer: Answer) => void) {
  const session = await startRawServer(t, (_request, response) => give(createAnswer(response)))
  return ask(session)
}

/** A caller whose stream is open, with the server's side of it. */
async function openCall(t: Test) {
  const { promise, resolve } = Promise.withResolvers<Http2ServerResponse>()
  const session = await startRawServer(t, (request, response) => {
    // Leaves the rest of the body unread, as a refusal does.
    request.once('data', () => request.pause())
    resolve(response)
  })
  const { stream } = openStream(session)
  stream.write(frameOf(Buffer.alloc(100_000), 0, 200_000))
  return { stream, session, response: await promise }
}

void t.test(
  'a status alone is one block of headers that ends the stream, with HTTP 200',
  async (t) => {
    const { blocks, body } = await answered(t, (answer) => {
      answer.sendMetadata([['x-from', 'upstream']])
      answer.sendStatus({ code: 7, words: 'no', trailers: [['x-last', 'word']] })
    })
    t.equal(blocks.length, 1)
    t.match(blocks[0], {
      endsStream: true,
      headers: {
        ':status': 200,
        'content-type': 'application/grpc',
        'grpc-accept-encoding': 'identity,gzip',
        'grpc-status': '7',
        'grpc-message': 'no',
        'x-from': 'upstream',
        'x-last': 'word',
      },
    })
    t.equal(body.length, 0)
  },
)

void t.test('a message comes between headers and trailers, in a frame', async (t) => {
  const message = Buffer.alloc(300_000, 'answer')
  const { blocks, body } = await answered(t, (answer) => {
    answer.sendMetadata([['x-from', 'upstream']])
    answer.sendMessage(message)
    answer.sendStatus({ ...ok, trailers: [['x-last', 'word']] })
  })
  t.match(blocks, [
    { endsStream: false, headers: { ':status': 200, 'x-from': 'upstream' } },
    { endsStream: true, headers: { 'grpc-status': '0', 'x-last': 'word' } },
  ])
  t.equal(blocks[0]?.headers['grpc-status'], undefined)
  t.equal(blocks[1]?.headers['grpc-message'], undefined, 'no words are no header')
  t.ok(body.equals(frameOf(message)))
})

void t.test('an empty message is still a message', async (t) => {
  const { blocks, body } = await answered(t, (answer) => {
    answer.sendMessage(new Uint8Array())
    answer.sendStatus(ok)
  })
  t.equal(blocks.length, 2)
  t.same(body, Buffer.alloc(5))
})

void t.test('repeated and binary metadata stay as they are', async (t) => {
  const pairs = [
    ['x-many', 'one'],
    ['x-many', 'two, three'],
    ['x-some-bin', 'AP8='],
  ] as const
  for (const message of [undefined, Buffer.from('m')]) {
    const { blocks } = await answered(t, (answer) => {
      answer.sendMetadata(pairs)
      if (message) answer.sendMessage(message)
      answer.sendStatus({ ...ok, trailers: pairs.map(([name, value]) => [`t${name}`, value]) })
    })
    const raw = blocks.flatMap((block) => block.raw)
    const valuesOf = (wanted: string) =>
      raw.filter((_value, at) => at % 2 === 1 && raw[at - 1] === wanted)
    t.same(valuesOf('x-many'), ['one', 'two, three'])
    t.same(valuesOf('tx-many'), ['one', 'two, three'])
    t.same(valuesOf('x-some-bin'), ['AP8='])
    t.same(valuesOf('tx-some-bin'), ['AP8='])
  }
})

void t.test("the upstream's framing does not get into ours", async (t) => {
  const framing = [
    [':status', '500'],
    ['content-type', 'text/html'],
    ['content-length', '3'],
    ['grpc-status', '13'],
    ['grpc-message', 'other'],
    ['grpc-encoding', 'gzip'],
    ['transfer-encoding', 'chunked'],
    ['connection', 'close'],
  ] as const
  const { blocks } = await answered(t, (answer) => {
    answer.sendMetadata(framing)
    answer.sendStatus({ code: 5, words: 'gone', trailers: framing })
  })
  t.match(blocks[0]?.headers, {
    ':status': 200,
    'content-type': 'application/grpc',
    'grpc-status': '5',
    'grpc-message': 'gone',
  })
  t.equal(blocks[0]?.headers['content-length'], undefined)
  t.equal(blocks[0]?.headers['grpc-encoding'], undefined)
})

const words: Readonly<Record<string, string>> = {
  'plain words, (with) "marks" ~!': 'plain words, (with) "marks" ~!',
  '100% sure': '100%25 sure',
  '%41': '%2541',
  'two\r\nlines\t.': 'two%0D%0Alines%09.',
  'Grüße, 世界 🚪': 'Gr%C3%BC%C3%9Fe, %E4%B8%96%E7%95%8C %F0%9F%9A%AA',
  'half \ud83d of a pair': 'half %EF%BF%BD of a pair',
  '\0\x7f': '%00%7F',
}

for (const [text, encoded] of Object.entries(words)) {
  void t.test(`${JSON.stringify(text)} is sent as ${encoded}`, async (t) => {
    t.equal(encodeWords(text), encoded)
    const { blocks } = await answered(t, (answer) => {
      answer.sendStatus({ code: 3, words: text, trailers: [] })
    })
    t.equal(blocks[0]?.headers['grpc-message'], encoded)
    t.equal(decodeURIComponent(encoded), text.toWellFormed())
  })
}

void t.test('words cannot become a header', async (t) => {
  const { blocks } = await answered(t, (answer) => {
    answer.sendStatus({ code: 3, words: 'no\r\nx-injected: yes\r\n\r\n', trailers: [] })
  })
  t.equal(blocks[0]?.headers['x-injected'], undefined)
  t.equal(blocks[0]?.headers['grpc-status'], '3')
})

void t.test('a second status is not sent', async (t) => {
  const { blocks } = await answered(t, (answer) => {
    answer.sendStatus({ code: 7, words: 'first', trailers: [] })
    answer.sendStatus({ code: 0, words: 'second', trailers: [] })
  })
  t.match(blocks, [{ headers: { 'grpc-message': 'first' } }])
})

void t.test('a caller who leaves is noticed, once', async (t) => {
  const { stream, response } = await openCall(t)
  const answer = createAnswer(response)
  let gone = 0
  answer.whenGone(() => gone++)
  const closed = once(response, 'close')
  stream.close(8)
  await closed
  t.equal(gone, 1)
  answer.sendMessage(Buffer.from('late'))
  answer.sendStatus(ok)
  t.equal(gone, 1)
})

void t.test('a caller who left before anybody listened is noticed', async (t) => {
  const { stream, response } = await openCall(t)
  const answer = createAnswer(response)
  const closed = once(response, 'close')
  stream.close(8)
  await closed
  let gone = 0
  answer.whenGone(() => gone++)
  t.equal(gone, 1)
})

for (const message of [undefined, Buffer.from('late')]) {
  const what = message ? 'a message' : 'a status'
  void t.test(`${what} on a stream that was reset harms nobody`, async (t) => {
    const { stream, response } = await openCall(t)
    const answer = createAnswer(response)
    stream.close(0)
    await until(() => response.stream.closed)
    if (message) answer.sendMessage(message)
    t.doesNotThrow(() => answer.sendStatus(ok))
  })
}

void t.test('an answer on a connection that is cut harms nobody', async (t) => {
  const { session, response } = await openCall(t)
  const answer = createAnswer(response)
  const closed = once(response, 'close')
  session.destroy()
  await closed
  t.doesNotThrow(() => answer.sendStatus(ok))
})

void t.test('a caller who has the status did not leave', async (t) => {
  let gone = 0
  const { promise: closed, resolve } = Promise.withResolvers<void>()
  await answered(t, (answer) => {
    answer.whenGone(() => gone++)
    answer.sendMessage(Buffer.from('m'))
    answer.sendStatus(ok)
    setImmediate(resolve)
  })
  await closed
  t.equal(gone, 0)
})

void t.test('a caller who never ends its body loses the stream once it is refused', async (t) => {
  const { stream, response } = await openCall(t)
  const closed = once(stream, 'close')
  createAnswer(response).sendStatus({ code: 16, words: 'no', trailers: [] })
  await closed
  t.equal(stream.rstCode, 0, 'without an error: the answer stands')
})
