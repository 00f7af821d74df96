import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import type { ExportSettings } from '../../src/config/audit-settings.ts'
import { readCursor } from '../../src/export/cursor-file.ts'
import { startExports } from '../../src/export/exports.ts'
import { openJournal, type Journal } from '../../src/record/journal.ts'
import { entriesIn, keptLog, sampleEntry, until } from '../support/audit-files.ts'
import { auditSettings } from '../support/audit-settings.ts'
import { outsideTap, root } from '../support/outside-tap.ts'
import { startReceiver, taken, type Receiver } from '../support/receiver.ts'
import { secretFileFor, webhookTo } from '../support/webhook-settings.ts'

/** Small, so that the journal goes through many. */
const segments = { bytesMax: 64 * 1024, ageMaxMs: 3_600_000 }

async function open(directory: string): Promise<Journal> {
  return openJournal({
    ...auditSettings(directory, { segments }),
    replica: 'sallyport-0',
    version: '0.1.0',
    log: keptLog().log,
    now: Date.now,
  })
}

/** A journal and its exports, as the service has them. */
async function started(t: Test, exports: readonly ExportSettings[], directory = t.testdir()) {
  const { log, lines } = keptLog()
  const journal = await open(directory)
  const running = startExports({
    exports,
    directory,
    durable: journal.durable,
    log,
    version: '0.1.0',
  })
  const close = async () => {
    await journal.close()
    await running.close()
  }
  t.teardown(close)
  return { directory, journal, running, close, lines }
}

async function appendAll(journal: Journal, count: number): Promise<number> {
  const recorded = await Promise.all(
    Array.from({ length: count }, (_, name) => journal.append(sampleEntry(name))),
  )
  return recorded.filter(({ ok }) => ok).length
}

/** The ids of entries that a receiver has never been sent. */
function missing(directory: string, receiver: Receiver): unknown[] {
  const received = new Set(receiver.entries().map(({ id }) => id))
  return entriesIn(directory).flatMap(({ id }) => (received.has(id) ? [] : [id]))
}

t.test(
  'receivers that are dead, hang, flap or break off slow nothing and lose nothing',
  async (t) => {
    const hanging = await startReceiver(t, () => undefined)
    const held: { destroy: () => void }[] = []
    hanging.answerWith((response) => void held.push(response))
    const flapping = await startReceiver(t, (response) => {
      response.writeHead(flapping.posted.length % 2 === 0 ? 200 : 503).end()
    })
    // Takes what it is sent, and the sender does not learn of it every other time.
    const breaking = await startReceiver(t, (response) => {
      if (breaking.posted.length % 2 === 0) response.end()
      else response.destroy()
    })
    const { url: deadUrl, revive } = await deadReceiver(t)
    const { directory, journal, running, close } = await started(t, [
      webhookTo(t, 'dead', deadUrl),
      webhookTo(t, 'hanging', hanging.url),
      webhookTo(t, 'flapping', flapping.url),
      webhookTo(t, 'breaking', breaking.url),
    ])
    const of = (name: string) => running.states().find((state) => state.name === name)

    await until(() => held.length > 0 && (of('dead')?.failures ?? 0) > 0)
    t.equal(await appendAll(journal, 3_000), 3_000, 'every entry is recorded meanwhile')
    t.match(of('hanging'), { delivered: 0, lagEntries: journal.durableSeq() })
    t.match(of('dead'), {
      delivered: 0,
      lagEntries: journal.durableSeq(),
      lastError: /ECONNREFUSED/,
    })
    t.equal(running.exportedSeq(), 0, 'nothing may be removed before they have it')

    await until(() => of('flapping')?.lagEntries === 0 && of('breaking')?.lagEntries === 0)
    t.ok((of('flapping')?.failures ?? 0) > 0 && (of('breaking')?.failures ?? 0) > 0)
    const dead = await revive()
    // At the end each is tried once more, not for ever.
    for (const receiver of [hanging, flapping, breaking]) receiver.answerWith(taken)
    for (const response of held) response.destroy()
    await close()
    for (const [name, receiver] of Object.entries({ dead, hanging, flapping, breaking })) {
      t.same(missing(directory, receiver), [], `${name}: all of it arrived`)
      t.match(of(name), { lagEntries: 0, lagSeconds: 0, delivered: entriesIn(directory).length })
    }
    t.ok(breaking.entries().length > entriesIn(directory).length, 'some of it twice')
    t.equal(running.exportedSeq(), journal.durableSeq())
    t.ok(readdirSync(directory).filter((name) => name.endsWith('.jsonl')).length > 3)
    const seqs = [...new Set(flapping.entries().map(({ seq }) => Number(seq)))]
    t.same(
      seqs,
      seqs.toSorted((one, other) => one - other),
      'in their order',
    )
  },
)

/** An address where nobody listens, until it is revived. */
async function deadReceiver(t: Test) {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return {
    url: `http://127.0.0.1:${port}/entries`,
    revive: () => startReceiver(t, taken, port),
  }
}

t.test('what is not durable is not sent', async (t) => {
  const receiver = await startReceiver(t)
  const { log } = keptLog()
  const directory = t.testdir()
  const journal = await open(directory)
  const durable = new SharedArrayBuffer(8)
  const running = startExports({
    exports: [webhookTo(t, 'siem', receiver.url)],
    directory,
    durable,
    log,
    version: '0.1.0',
  })
  await appendAll(journal, 500)
  Atomics.store(new BigInt64Array(durable), 0, 200n)
  await until(() => running.states()[0]?.deliveredSeq === 200)
  t.equal(receiver.entries().length, 200)
  await journal.close()
  Atomics.store(new BigInt64Array(durable), 0, BigInt(journal.durableSeq()))
  await running.close()
  t.same(missing(directory, receiver), [])
})

t.test('after kill -9 an export goes on from its cursor, and nothing is lost', async (t) => {
  const directory = t.testdir()
  const receiver = await startReceiver(t)
  const secretFile = secretFileFor(t)
  const [env, ...flags] = outsideTap
  const script = `${root}test/support/export-load.ts`
  for (let round = 1; round <= 3; round += 1) {
    const before = readCursor(directory, 'siem').seq
    const sent = receiver.entries().length
    const args = [...flags, process.execPath, script, directory, receiver.url, secretFile]
    const child = spawn(env, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    t.teardown(() => child.kill('SIGKILL'))
    await until(() => readCursor(directory, 'siem').seq > before || child.exitCode !== null)
    const seen = receiver.posted.length
    await until(() => receiver.posted.length > seen + Math.random() * 5 || child.exitCode !== null)
    child.kill('SIGKILL')
    t.same(await once(child, 'exit'), [null, 'SIGKILL'])
    const [first] = receiver.entries().slice(sent)
    t.equal(first?.['seq'], before + 1, `round ${round} began behind the cursor`)
  }
  const siem = webhookTo(t, 'siem', receiver.url)
  const { running, close, lines } = await started(t, [siem], directory)
  await until(() => running.states()[0]?.lagEntries === 0)
  await close()
  t.same(missing(directory, receiver), [])
  t.match(running.states(), [{ lagEntries: 0, failures: 0, lastError: undefined }])
  t.same(lines(), [])
})
