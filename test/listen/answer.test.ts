import { once } from 'node:events'
import { sensitiveHeaders } from 'node:http2'
import t, { type Test } from 'tap'
import type { Answer, Status } from '../../src/core/answer.ts'
import { encodeWords, type StreamAnswer } from '../../src/listen/answer.ts'
import { until } from '../support/audit-files.ts'
import { requestHead, startCallerEnd } from '../support/caller-end.ts'
import { ask, frameOf, openStream } from '../support/raw-http2.ts'
import { whenGone, whenSent } from '../support/recorded-answer.ts'

const ok: Status = { code: 0, words: '', trailers: [] }

/** What a caller gets who is answered like this. */
async function answered(t: Test, give: (answer: Answer) => void) {
  const end = await startCallerEnd(t, {}, ({ answer }) => give(answer))
  return ask(await end.session())
}

/** A caller whose stream is open and whose body is not read, with the answer to it. */
async function openCall(t: Test) {
  const end = await startCallerEnd(t)
  const session = await end.session()
  const { stream } = openStream(session)
  stream.write(frameOf(Buffer.alloc(100_000), 0, 200_000))
  return { stream, session, end, ...(await end.call()) }
}

void t.test(
  'a status alone is one block of headers that ends the stream, with HTTP 200',
  async (t) => {
    const { blocks, body } = await answered(t, (answer) => {
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
        'x-last': 'word',
      },
    })
    t.equal(body.length, 0)
  },
)

void t.test('a head stays a head where no message follows it', async (t) => {
  const { blocks, body } = await answered(t, (answer) => {
    answer.sendMetadata([['x-from', 'upstream']])
    answer.sendStatus({ code: 7, words: 'no', trailers: [['x-last', 'word']] })
  })
  t.match(blocks, [
    { endsStream: false, headers: { ':status': 200, 'x-from': 'upstream' } },
    { endsStream: true, headers: { 'grpc-status': '7', 'grpc-message': 'no', 'x-last': 'word' } },
  ])
  t.equal(blocks.length, 2)
  t.notOk('grpc-status' in (blocks[0]?.headers ?? {}))
  t.notOk('x-from' in (blocks[1]?.headers ?? {}))
  t.equal(body.length, 0)
})

void t.test('a message comes between headers and trailers, in a frame', async (t) => {
  const message = Buffer.alloc(300_000, 'answer')
  const { blocks, body } = await answered(t, (answer) => {
    answer.sendMetadata([['x-from', 'upstream']])
    answer.sendBytes(frameOf(message))
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
    answer.sendBytes(frameOf(new Uint8Array()))
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
      if (message) answer.sendBytes(frameOf(message))
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
  t.match(blocks, [
    { headers: { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': undefined } },
    { headers: { 'grpc-status': '5', 'grpc-message': 'gone', 'content-type': undefined } },
  ])
  t.equal(blocks.length, 2)
  for (const { headers } of blocks) {
    t.equal(headers['content-length'], undefined)
    t.equal(headers['grpc-encoding'], undefined)
  }
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
  const { stream, session, answer } = await openCall(t)
  let gone = 0
  whenGone(answer, () => (gone += 1))
  stream.close(8)
  await until(() => gone === 1)
  answer.sendBytes(Buffer.from('late'))
  answer.sendStatus(ok)
  session.destroy()
  t.equal(gone, 1)
})

void t.test('a caller who left before anybody listened is noticed', async (t) => {
  const { stream, answer, end } = await openCall(t)
  stream.close(8)
  await until(() => end.connections[0]?.streams === 0)
  let gone = 0
  whenGone(answer, () => (gone += 1))
  t.equal(gone, 1)
})

for (const bytes of [undefined, Buffer.from('late')]) {
  const what = bytes ? 'a message' : 'a status'
  void t.test(`${what} for a caller who is cut off harms nobody`, async (t) => {
    const { session, answer, end } = await openCall(t)
    session.destroy()
    await until(() => end.closed() === 1)
    if (bytes) answer.sendBytes(bytes)
    t.doesNotThrow(() => answer.sendStatus(ok))
    end.calls[0]?.release()
    t.equal(end.held.bytes, 0)
  })
}

void t.test('a caller who has the status did not leave', async (t) => {
  let gone = 0
  const end = await startCallerEnd(t, {}, ({ answer }) => {
    whenGone(answer, () => (gone += 1))
    answer.sendBytes(frameOf(Buffer.from('m')))
    answer.sendStatus(ok)
    answer.sendBytes(Buffer.from('too late'))
  })
  const session = await end.session()
  t.same((await ask(session)).body, frameOf(Buffer.from('m')))
  session.destroy()
  await until(() => end.closed() === 1)
  t.equal(gone, 0)
})

void t.test('a caller who never ends its body loses the stream once it is answered', async (t) => {
  for (const hasBytes of [false, true]) {
    const { stream, answer } = await openCall(t)
    const closed = once(stream, 'close')
    if (hasBytes) answer.sendBytes(frameOf(Buffer.from('m')))
    answer.sendStatus({ code: 16, words: 'no', trailers: [] })
    await closed
    t.equal(stream.rstCode, 0, 'without an error: the answer stands')
  }
})

void t.test('so many bytes have left as the caller took', async (t) => {
  const end = await startCallerEnd(t)
  const peer = await end.peer()
  peer.head(1, requestHead, false)
  const { answer } = await end.call()
  let left = 0
  whenSent(answer, (bytes) => (left += bytes))
  const cost = end.held.bytes
  answer.sendBytes(Buffer.alloc(70_000))
  answer.sendBytes(Buffer.alloc(30_000))
  t.equal(left, 65_535, 'the window of the beginning')
  t.equal(end.held.bytes - cost, 100_000 - left)
  answer.sendStatus(ok)
  peer.send((writer) => {
    writer.windowUpdate(0, 100_000)
    writer.windowUpdate(1, 100_000)
  })
  await until(() => peer.hasEnded(1))
  t.equal(left, 100_000)
  t.equal(end.held.bytes, 0)
  const [connection] = end.connections
  t.equal(connection?.streams, 1, 'the body never ended')
  connection?.check(performance.now())
  t.equal(connection?.streams, 0)
  await peer.saw('reset')
})

void t.test('an answer that stands still is given up, one that moves is not', async (t) => {
  const end = await startCallerEnd(t)
  const peer = await end.peer()
  peer.head(1, requestHead, true)
  await end.call()
  const answer = [...end.calls][0]?.answer as StreamAnswer<unknown>
  answer.check(performance.now() + 9_000, 1_000)
  answer.sendBytes(Buffer.alloc(70_000))
  answer.check(performance.now(), 1_000)
  t.same(end.observed, [])
  answer.check(performance.now() + 1_001, 1_000)
  t.same(end.observed, ['unread'])
})

void t.test('answers that nobody takes are given up when far too much is held', async (t) => {
  const end = await startCallerEnd(t, { bufferedBytesMax: 250_000 })
  const peer = await end.peer()
  let gone = 0
  for (const id of [1, 3]) {
    peer.head(id, requestHead, true)
    const { answer } = await end.call((id + 1) / 2)
    whenGone(answer, () => (gone += 1))
    answer.sendBytes(Buffer.alloc(140_000))
  }
  t.equal(gone, 1)
  t.ok(end.held.bytes > 140_000 - 65_535, 'the other stays')
  const [reset] = await peer.saw('reset')
  t.match(reset, { id: 3, payload: Buffer.from([0, 0, 0, 11]) })
  t.same(end.observed, ['overloaded'])
})

void t.test('only who leaves something waiting can be shed', async (t) => {
  const end = await startCallerEnd(t)
  const peer = await end.peer()
  peer.head(1, requestHead, true)
  await end.call()
  const answer = end.calls[0]?.answer as StreamAnswer<unknown>
  answer.shed()
  t.same(end.observed, [])
  answer.sendBytes(Buffer.alloc(70_000))
  answer.shed()
  t.same(end.observed, ['overloaded'])
  const [reset] = await peer.saw('reset')
  t.match(reset, { id: 1, payload: Buffer.from([0, 0, 0, 11]) })
})

void t.test('what the upstream sent as never to be indexed stays so', async (t) => {
  const { blocks } = await answered(t, (answer) => {
    answer.sendMetadata([['x-from', 'upstream', true]])
    answer.sendBytes(frameOf(Buffer.alloc(0)))
    answer.sendStatus({ ...ok, trailers: [['x-last', 'word', true]] })
  })
  t.same(
    blocks.map(({ headers }) => Reflect.get(headers, sensitiveHeaders)),
    [['x-from'], ['x-last']],
  )
})
