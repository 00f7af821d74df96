import t from 'tap'
import { openSink } from '../../src/export/open-sink.ts'
import { exportedEntries } from '../support/exported-entries.ts'
import { startReceiver } from '../support/receiver.ts'
import { webhookTo } from '../support/webhook-settings.ts'

const parts = { version: '1.2.3', now: Date.now }
const { signal } = new AbortController()

t.test('a webhook is posted to by Sallyport, in its version', async (t) => {
  const { url, posted } = await startReceiver(t)
  const sink = openSink(webhookTo(t, 'siem', url), parts)
  await sink.deliver(exportedEntries(1, 1), signal)
  await sink.close()
  t.match(posted[0]?.headers, { 'user-agent': 'sallyport/1.2.3' })
})

t.test('standard output is not touched before something is delivered', async (t) => {
  const sink = openSink({ name: 'out', to: 'stdout', format: 'native' }, parts)
  await sink.close()
  t.pass()
})

t.test('OTLP is posted by Sallyport, in its version', async (t) => {
  const { url, posted } = await startReceiver(t)
  const files = { bearerFile: undefined, caFile: undefined }
  const sink = openSink({ name: 'logs', to: 'otlp', url, ...files }, parts)
  // The receiver says "taken", which is no answer of a collector's.
  await t.rejects(sink.deliver(exportedEntries(1, 1), signal), { message: /none of OTLP/ })
  await sink.close()
  t.match(posted[0]?.headers, { 'user-agent': 'sallyport/1.2.3' })
})

t.test('syslog goes to its host and port', async (t) => {
  const files = { caFile: undefined, certFile: undefined, keyFile: undefined }
  const place = { host: '127.0.0.1', port: 1 }
  const sink = openSink({ name: 'log', to: 'syslog', format: 'native', ...place, ...files }, parts)
  await t.rejects(sink.deliver(exportedEntries(1, 1), signal), { message: /^127\.0\.0\.1:1: / })
  await sink.close()
})
