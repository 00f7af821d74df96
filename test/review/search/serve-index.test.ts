import { once } from 'node:events'
import { MessageChannel } from 'node:worker_threads'
import t, { type Test } from 'tap'
import { writeJournalOfCalls } from '../../../scripts/journal-of-calls.ts'
import type { FromThread, IndexThreadOptions } from '../../../src/review/search/questions.ts'
import { serveIndex } from '../../../src/review/search/serve-index.ts'
import { until } from '../../support/audit-files.ts'
import { decisionBody, journalByHand } from '../../support/indexed-journal.ts'

/** Serves an index at one end of a channel; the test has the other. */
function served(t: Test, options: Partial<IndexThreadOptions> & { readonly directory: string }) {
  const { port1, port2 } = new MessageChannel()
  const received: FromThread[] = []
  port2.on('message', (message: FromThread) => void received.push(message))
  serveIndex(port1, { durable: undefined, witnessFiles: [], ...options })
  let nextId = 0
  const ask = async (question: string, ...values: readonly unknown[]) => {
    nextId += 1
    const id = nextId
    port2.postMessage({ id, question, values })
    const find = () => received.find((message) => message.kind !== 'warning' && message.id === id)
    await until(() => find() !== undefined)
    return find()
  }
  let closing: Promise<unknown> | undefined
  const close = async () => {
    closing ??= Promise.all([once(port2, 'close'), ask('close')])
    await closing
  }
  t.teardown(close)
  const caughtUp = async () => {
    await until(async () => {
      const reply = await ask('state')
      return reply?.kind === 'answer' && (reply.answer as { isCaughtUp: boolean }).isCaughtUp
    })
  }
  return { ask, close, caughtUp, received }
}

void t.test('answers questions, each with its number, until it is closed', async (t) => {
  const directory = t.testdir()
  const { entries } = writeJournalOfCalls({ directory, calls: 20 })
  const { ask, caughtUp, close, received } = served(t, { directory })
  await caughtUp()
  t.match(await ask('state'), { answer: { indexedSeq: entries, trouble: undefined } })
  const page = { order: 'newest_first', limit: 3 }
  t.match(await ask('search', {}, page), { kind: 'answer', answer: { count: 20 } })
  t.match(await ask('verify'), { answer: { ok: true, entries } })
  await close()
  t.match(received.at(-1), { kind: 'answer', answer: undefined })
})

void t.test('a question that fails is answered with why', async (t) => {
  const { ask, caughtUp } = served(t, { directory: t.testdir() })
  await caughtUp()
  const page = { order: 'newest_first', limit: 3, after: 'x' }
  t.match(await ask('search', {}, page), {
    kind: 'failure',
    error: { message: /page mark/, isRange: true },
  })
  t.match(await ask('nothing'), { kind: 'failure', error: { isRange: false } })
})

void t.test('a file that cannot be read is answered with the code of the system', async (t) => {
  const directory = t.testdir({ folder: {} })
  const { ask } = served(t, { directory, witnessFiles: [`${directory}/folder`] })
  t.match(await ask('verify'), { kind: 'failure', error: { code: 'EISDIR', isRange: false } })
})

void t.test('tells of trouble, for the log', async (t) => {
  const { received } = served(t, { directory: `${t.testdir()}/missing` })
  await until(() => received.some(({ kind }) => kind === 'warning'))
  t.match(received[0], { kind: 'warning', message: /cannot follow/, fields: { error: /ENOENT/ } })
})

void t.test('takes nothing that the shared number does not cover', async (t) => {
  const journal = journalByHand(t.testdir())
  journal.append([decisionBody(), decisionBody(), decisionBody()])
  const durable = new SharedArrayBuffer(8)
  const cell = new BigInt64Array(durable)
  Atomics.store(cell, 0, 2n)
  const { ask, caughtUp } = served(t, { directory: journal.directory, durable })
  await caughtUp()
  t.match(await ask('state'), { answer: { indexedSeq: 2 } })
  Atomics.store(cell, 0, 3n)
  await until(async () => {
    const reply = await ask('state')
    return reply?.kind === 'answer' && (reply.answer as { indexedSeq: number }).indexedSeq === 3
  })
  t.pass('what has become durable was taken')
})

void t.test('a verification ends when the index is closed', async (t) => {
  const directory = t.testdir()
  writeJournalOfCalls({ directory, calls: 3_000 })
  const { ask, close } = served(t, { directory })
  const verifying = ask('verify')
  await close()
  t.match(await verifying, { kind: 'failure', error: { message: /was closed/ } })
})
