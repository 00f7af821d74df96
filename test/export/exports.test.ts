import t, { type Test } from 'tap'
import type { ExportSettings } from '../../src/config/audit-settings.ts'
import { startExports, type ExportsOptions } from '../../src/export/exports.ts'
import { keptLog, until } from '../support/audit-files.ts'
import { chainedLines, writeSegment } from '../support/chained-lines.ts'
import { startReceiver } from '../support/receiver.ts'
import { webhookTo } from '../support/webhook-settings.ts'

const at = Date.parse('2026-11-23T09:00:30.000Z')

function started(t: Test, directory: string, options: Partial<ExportsOptions>) {
  const { log, lines } = keptLog()
  const exports = startExports({
    exports: [],
    directory,
    durable: () => 0,
    log,
    version: '1',
    now: () => at,
    ...options,
  })
  t.teardown(exports.close)
  return { ...exports, lines }
}

t.test('without exports there is no thread, and nothing to wait for', async (t) => {
  const { states, exportedSeq, close } = started(t, '/nowhere', {})
  t.same(states(), [])
  t.equal(exportedSeq(), Infinity)
  await close()
})

t.test('a thread of its own sends the entries on; how far it is can be asked', async (t) => {
  const directory = t.testdir()
  writeSegment(directory, 1, chainedLines(1, 9))
  const { url, entries, answerWith } = await startReceiver(t, (response) =>
    response.writeHead(503).end(),
  )
  let durable = 5
  const exports = [webhookTo(t, 'siem', url)]
  const { states, exportedSeq, close, lines } = started(t, directory, {
    exports,
    durable: () => durable,
  })
  const nothing = { name: 'siem', deliveredSeq: 0, delivered: 0 }
  t.match(states(), [{ ...nothing, lagEntries: 5, lagSeconds: 0, failures: 0 }])
  await until(() => (states()[0]?.failures ?? 0) > 0)
  // The oldest entry that waits is of 09:00:01.
  t.match(states(), [{ ...nothing, lagEntries: 5, lagSeconds: 29, lastError: /answered 503/ }])
  t.equal(exportedSeq(), 0)
  answerWith((response) => void response.end())
  await until(() => states()[0]?.deliveredSeq === 5)
  t.match(states(), [{ lagEntries: 0, lagSeconds: 0, delivered: 5, lastError: undefined }])
  durable = 9
  t.match(states(), [{ lagEntries: 4, lagSeconds: 0 }])
  await close()
  t.match(states(), [{ lagEntries: 0, delivered: 9 }])
  t.equal(exportedSeq(), 9)
  t.match(lines()[0], { level: 'warn', export: 'siem' })
  const received = new Set(entries().map(({ seq }) => seq))
  t.same([...received], [1, 2, 3, 4, 5, 6, 7, 8, 9])
  const again = started(t, directory, { exports, durable: () => 9 })
  t.match(again.states(), [{ deliveredSeq: 9, lagEntries: 0, delivered: 0 }])
})

t.test('what is shared with the journal is seen without asking', async (t) => {
  const directory = t.testdir()
  writeSegment(directory, 1, chainedLines(1, 3))
  const { url, entries } = await startReceiver(t)
  const durable = new SharedArrayBuffer(8)
  const { states } = started(t, directory, { exports: [webhookTo(t, 'siem', url)], durable })
  Atomics.store(new BigInt64Array(durable), 0, 2n)
  await until(() => states()[0]?.deliveredSeq === 2)
  t.equal(entries().length, 2)
})

t.test('a thread that crashes is started again, and calls know nothing of it', async (t) => {
  const directory = t.testdir()
  writeSegment(directory, 1, chainedLines(1, 3))
  const { url } = await startReceiver(t)
  // What the thread cannot read of its orders ends it.
  const broken = { ...webhookTo(t, 'siem', url), to: 'nowhere' } as unknown as ExportSettings
  const { states, lines, close } = started(t, directory, { exports: [broken], durable: () => 3 })
  await until(() => lines().length > 0)
  await close()
  t.match(states(), [{ name: 'siem', deliveredSeq: 0, lagEntries: 3 }])
})
