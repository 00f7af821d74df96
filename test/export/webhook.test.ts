import t, { type Test } from 'tap'
import type { ExportFormat } from '../../src/config/audit-settings.ts'
import { createWebhookSink } from '../../src/export/webhook.ts'
import { exportedEntries } from '../support/exported-entries.ts'
import { idOf } from '../support/chained-lines.ts'
import { startReceiver } from '../support/receiver.ts'
import { secretFileFor } from '../support/webhook-settings.ts'

const { signal } = new AbortController()

function sinkFor(t: Test, url: string, format: ExportFormat = 'native') {
  const secretFile = secretFileFor(t)
  const sink = createWebhookSink({
    format,
    url,
    secretFile,
    caFile: undefined,
    userAgent: 'sallyport/1',
    now: Date.now,
  })
  t.teardown(sink.close)
  return sink
}

t.test('a batch is one array of the lines as the journal has them', async (t) => {
  const { url, posted } = await startReceiver(t)
  const entries = exportedEntries(1, 3)
  await sinkFor(t, url).deliver(entries, signal)
  t.equal(posted.length, 1)
  t.equal(posted[0]?.body, `[${entries.map(({ line }) => line).join(',')}]`)
  t.match(posted[0]?.headers, {
    'content-type': 'application/json',
    'webhook-id': `${idOf(1)}_3`,
  })
})

t.test('CloudEvents go as a batch of them, OCSF as an array', async (t) => {
  const { url, posted, entries } = await startReceiver(t)
  await sinkFor(t, url, 'cloudevents').deliver(exportedEntries(1, 2), signal)
  t.match(posted[0]?.headers, { 'content-type': 'application/cloudevents-batch+json' })
  t.match(entries(), [{ specversion: '1.0', id: idOf(1) }, { id: idOf(2) }])
  await sinkFor(t, url, 'ocsf').deliver(exportedEntries(3, 3), signal)
  t.match(posted[1]?.headers, { 'content-type': 'application/json' })
  t.match(entries()[2], { metadata: { uid: idOf(3) } })
})

t.test('no body is longer than 1 MiB, and none is empty', async (t) => {
  const { url, posted, entries } = await startReceiver(t)
  const sent = exportedEntries(1, 40, 60_000)
  await sinkFor(t, url).deliver(sent, signal)
  t.equal(posted.length, 3)
  for (const { body } of posted) t.ok(body.length <= 1024 * 1024 && body.length > 2)
  t.same(
    entries(),
    sent.map(({ entry }) => entry),
  )
  const huge = exportedEntries(41, 41, 2 * 1024 * 1024)
  await sinkFor(t, url).deliver(huge, signal)
  t.equal(posted.length, 4, 'one that is longer alone goes alone')
})

t.test('what was taken of a batch is not posted again with it', async (t) => {
  const receiver = await startReceiver(t)
  const sink = sinkFor(t, receiver.url)
  const entries = exportedEntries(1, 40, 60_000)
  receiver.answerWith((response) => {
    response.writeHead(receiver.posted.length === 2 ? 503 : 200).end()
  })
  await t.rejects(sink.deliver(entries, signal), { message: /answered 503/ })
  await sink.deliver(entries, signal)
  const ids = receiver.posted.map(({ headers }) => headers['webhook-id'])
  t.equal(ids.length, 4)
  t.equal(ids[1], ids[2], 'the same id for the same body')
  t.equal(new Set(ids).size, 3)
  await sink.deliver(entries.slice(), signal)
  t.equal(receiver.posted.length, 7, 'another batch is posted whole')
})

t.test('an entry without an id is known by its number', async (t) => {
  const { url, posted } = await startReceiver(t)
  await sinkFor(t, url).deliver([{ seq: 7, line: '{}', entry: {} }], signal)
  t.equal(posted[0]?.headers['webhook-id'], 'seq-7_1')
})

t.test('a batch of nothing posts nothing', async (t) => {
  const { url, posted } = await startReceiver(t)
  await sinkFor(t, url).deliver([], signal)
  t.equal(posted.length, 0)
})
