import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createOtlpSink } from '../../src/export/otlp.ts'
import { encodeEntries } from '../../src/export/otlp/log-records.ts'
import { exportedEntries } from '../support/exported-entries.ts'
import { encodeAnswer } from '../support/otlp-request.ts'
import { startReceiver, type Answer } from '../support/receiver.ts'

const { signal } = new AbortController()

function sinkFor(t: Test, url: string, bearerFile?: string) {
  const files = { bearerFile, caFile: undefined }
  const sink = createOtlpSink({ url, ...files, userAgent: 'sallyport/1', now: Date.now })
  t.teardown(sink.close)
  return sink
}

const answer =
  (partialSuccess: Parameters<typeof encodeAnswer>[0]): Answer =>
  (response) => {
    response.setHeader('content-type', 'application/x-protobuf')
    response.end(encodeAnswer(partialSuccess))
  }

t.test('a batch is one request in protobuf, to the address as it is', async (t) => {
  const { url, posted } = await startReceiver(t, answer({}))
  const entries = exportedEntries(1, 3)
  await sinkFor(t, url).deliver(entries, signal)
  t.equal(posted.length, 1)
  t.equal(posted[0]?.body, Buffer.from(encodeEntries(entries)).toString())
  t.match(posted[0]?.headers, {
    'content-type': 'application/x-protobuf',
    'user-agent': 'sallyport/1',
  })
  t.equal(posted[0]?.headers.authorization, undefined)
})

t.test('the token is read for each request', async (t) => {
  const { url, posted } = await startReceiver(t, answer({}))
  const file = join(t.testdir({ token: 'one\n' }), 'token')
  const { deliver } = sinkFor(t, url, file)
  await deliver(exportedEntries(1, 1), signal)
  writeFileSync(file, 'other\n')
  await deliver(exportedEntries(2, 2), signal)
  t.same(
    posted.map(({ headers }) => headers.authorization),
    ['Bearer one', 'Bearer other'],
  )
  writeFileSync(file, '')
  await t.rejects(deliver(exportedEntries(3, 3), signal), { message: /must hold one token/ })
  t.equal(posted.length, 2, 'nothing is posted without it')
})

t.test('what was taken in part is not taken', async (t) => {
  const partial = answer({ rejectedLogRecords: 2, errorMessage: 'too old' })
  const { url } = await startReceiver(t, partial)
  await t.rejects(sinkFor(t, url).deliver(exportedEntries(1, 3), signal), {
    name: 'DeliveryFailure',
    message: `${new URL(url).origin}: rejected 2 log records: too old`,
    isRefusal: true,
  })
})

t.test('a page that is no collector has taken nothing', async (t) => {
  const { url } = await startReceiver(t, (response) => {
    response.setHeader('content-type', 'text/html')
    response.end('<html>log in</html>')
  })
  await t.rejects(sinkFor(t, url).deliver(exportedEntries(1, 1), signal), {
    message: /its answer is none of OTLP/,
    isRefusal: true,
  })
})

t.test('a collector that is busy says when to come again', async (t) => {
  const { url } = await startReceiver(t, (response) => {
    response.writeHead(429, { 'retry-after': '3' }).end()
  })
  await t.rejects(sinkFor(t, url).deliver(exportedEntries(1, 1), signal), {
    name: 'DeliveryFailure',
    retryAfterMs: 3_000,
    isRefusal: false,
  })
})
