import t, { type Test } from 'tap'
import type { ExportSettings } from '../../src/config/audit-settings.ts'
import type { EntryBody } from '../../src/core/audit-entry.ts'
import { startExports } from '../../src/export/exports.ts'
import { openJournal, type Journal } from '../../src/record/journal.ts'
import { linesIn, keptLog, sampleEntry, until } from '../support/audit-files.ts'
import { auditSettings } from '../support/audit-settings.ts'
import { findCollector, makeCollector, type Collector } from '../support/otel-collector.ts'
import { sampleEntries } from '../support/sample-entries.ts'

// Where there is no collector yet, it is built from its source.
t.setTimeout(900_000)

const binary = await findCollector()
const options = { skip: binary instanceof Error ? binary.message : false }

/** A journal and its export to a collector, as the service has them. */
async function started(t: Test, { url, caFile }: Collector, directory: string) {
  const { log } = keptLog()
  const journal = await openJournal({
    ...auditSettings(directory, { segments: { bytesMax: 64 * 1024, ageMaxMs: 3_600_000 } }),
    replica: 'sallyport-0',
    version: '0.1.0',
    log,
    now: Date.now,
  })
  const otlp: ExportSettings = { name: 'logs', to: 'otlp', url, bearerFile: undefined, caFile }
  const { durable } = journal
  const running = startExports({ exports: [otlp], directory, durable, log, version: '0.1.0' })
  const close = async () => {
    await journal.close()
    await running.close()
  }
  t.teardown(close)
  return { journal, running, close }
}

async function appendAll(journal: Journal, from: number, count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, index) => from + index)
  await Promise.all(names.map((name) => journal.append(sampleEntry(name))))
}

/** Lines of the journal that the collector has not, and bodies of the collector that are none of the journal. */
function differences(directory: string, collector: Collector) {
  const lines = linesIn(directory).map(String)
  const bodies = new Set(collector.records().map(({ body }) => body))
  const missing = lines.filter((line) => !bodies.has(line))
  return { missing, foreign: [...bodies].filter((body) => !lines.includes(String(body))) }
}

t.test('a real collector that is killed again and again gets every entry', options, async (t) => {
  const collector = await makeCollector(t, String(binary))
  const directory = `${t.testdirName}/journal`
  const { journal, running, close } = await started(t, collector, directory)
  const delivered = () => running.states()[0]?.delivered ?? 0

  await appendAll(journal, 0, 1_000)
  await until(() => (running.states()[0]?.failures ?? 0) > 0)
  t.equal(delivered(), 0)
  for (let round = 1; round <= 3; round += 1) {
    const before = collector.records().length
    await collector.start()
    const appended = appendAll(journal, round * 1_000, 1_000)
    await until(() => collector.records().length > before)
    await collector.kill()
    await appended
  }
  await collector.start()
  await until(() => running.states()[0]?.lagEntries === 0)
  await close()

  t.same(differences(directory, collector), { missing: [], foreign: [] })
  const seqs = [
    ...new Set(collector.records().map(({ attributes }) => attributes['sallyport.seq'])),
  ]
  t.same(
    seqs,
    linesIn(directory).map((_, index) => index + 1),
    'in their order',
  )
  t.equal(delivered(), linesIn(directory).length)
})

t.test('entries of each kind come out of a real collector as they went in', options, async (t) => {
  const collector = await makeCollector(t, String(binary))
  const directory = `${t.testdirName}/journal`
  await collector.start()
  const { journal, running, close } = await started(t, collector, directory)
  for (const entry of Object.values(sampleEntries)) {
    const { id: _id, seq: _seq, prev: _prev, replica: _replica, version: _version, ...body } = entry
    await journal.append(body as EntryBody)
  }
  await until(() => running.states()[0]?.lagEntries === 0)
  await close()
  t.same(differences(directory, collector), { missing: [], foreign: [] })
  for (const { body, attributes, eventName, time, observed, resource } of collector.records()) {
    const entry = JSON.parse(String(body)) as Record<string, unknown>
    t.match(attributes, {
      'sallyport.id': entry['id'],
      'sallyport.seq': entry['seq'],
      'sallyport.prev': entry['prev'],
    })
    t.equal(eventName, `sallyport.${String(entry['kind'])}`)
    t.equal(time, `${Date.parse(String(entry['time']))}000000`)
    t.equal(observed, time)
    t.same(resource, {
      'service.name': 'sallyport',
      'service.version': '0.1.0',
      'service.instance.id': 'sallyport-0',
    })
  }
})
