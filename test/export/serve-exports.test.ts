import { once } from 'node:events'
import { MessageChannel } from 'node:worker_threads'
import t, { type Test } from 'tap'
import type { ExportSettings } from '../../src/config/audit-settings.ts'
import { readCursor } from '../../src/export/cursor-file.ts'
import { serveExports, type ExportReport } from '../../src/export/serve-exports.ts'
import { until } from '../support/audit-files.ts'
import { chainedLines, writeSegment } from '../support/chained-lines.ts'
import { startReceiver } from '../support/receiver.ts'
import { webhookTo } from '../support/webhook-settings.ts'

function serving(t: Test, directory: string, exports: readonly ExportSettings[]) {
  const { port1: port, port2: other } = new MessageChannel()
  const durable = new SharedArrayBuffer(8)
  const mark = new BigInt64Array(durable)
  const reports: ExportReport[] = []
  other.on('message', (report: ExportReport) => reports.push(report))
  serveExports(port, { exports, directory, durable, version: '1' })
  t.teardown(() => other.close())
  const end = async () => {
    const closed = once(other, 'close')
    other.postMessage('end', [])
    await closed
  }
  const progress = () => reports.findLast((report) => report.kind === 'progress')?.exports ?? []
  const logged = () => reports.filter((report) => report.kind === 'log')
  return { mark, reports, progress, logged, end }
}

t.test('runs every export up to what is durable, reports, and ends when it is told', async (t) => {
  const directory = t.testdir({ cursors: { 'siem.json': 'damaged' } })
  writeSegment(directory, 1, chainedLines(1, 6))
  const [siem, archive] = [await startReceiver(t), await startReceiver(t)]
  archive.answerWith((response) => void response.writeHead(500).end())
  const names = ['siem', 'archive']
  const { mark, progress, logged, reports, end } = serving(t, directory, [
    webhookTo(t, 'siem', siem.url),
    webhookTo(t, 'archive', archive.url),
  ])
  Atomics.store(mark, 0, 4n)
  await until(() => progress().some(({ deliveredSeq }) => deliveredSeq === 4))
  await until(() => (progress()[1]?.failures ?? 0) > 0)
  t.match(progress(), [
    { name: 'siem', deliveredSeq: 4, delivered: 4, failures: 0, lastError: undefined },
    { name: 'archive', deliveredSeq: 0, delivered: 0, lastError: /answered 500/ },
  ])
  t.match(logged(), [
    { level: 'error', fields: { export: 'siem' }, message: /begins again with the oldest entry/ },
    { level: 'warn', fields: { export: 'archive', why: /answered 500/ } },
  ])
  archive.answerWith((response) => void response.end())
  Atomics.store(mark, 0, 6n)
  await end()
  t.match(progress(), [{ deliveredSeq: 6 }, { deliveredSeq: 6 }])
  t.match(logged().at(-1), { level: 'info', fields: { export: 'archive' } })
  t.match(reports.at(-1), { kind: 'ended' })
  t.same(
    names.map((name) => readCursor(directory, name).seq),
    [6, 6],
  )
})

t.test('an export that cannot be had does not take the others with it', async (t) => {
  const directory = t.testdir()
  writeSegment(directory, 1, chainedLines(1, 2))
  const siem = await startReceiver(t)
  const broken = { name: 'broken', to: 'webhook', format: 'native', url: 'no url' } as const
  const { mark, progress, end } = serving(t, directory, [
    { ...broken, secretFile: '/nowhere', caFile: undefined },
    webhookTo(t, 'siem', siem.url),
  ])
  Atomics.store(mark, 0, 2n)
  await until(() => siem.entries().length === 2)
  await end()
  t.match(progress(), [
    { name: 'broken', deliveredSeq: 0, lastError: 'Invalid URL' },
    { name: 'siem', deliveredSeq: 2 },
  ])
})
