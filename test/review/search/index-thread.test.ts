import { Worker } from 'node:worker_threads'
import t, { type Test } from 'tap'
import { createIndexThread } from '../../../src/review/search/index-thread.ts'
import { keptLog, until } from '../../support/audit-files.ts'

/** Stands for the index: it says which thread it is, and dies when it is asked for a call that is `die`. */
const source = `
  const { parentPort, threadId } = require('node:worker_threads')
  parentPort.on('message', ({ id, question, values }) => {
    if (values[0] === 'die') throw new Error('on purpose')
    parentPort.postMessage({ kind: 'answer', id, answer: threadId })
    if (question === 'close') parentPort.close()
  })`

function threadOf(t: Test, times: { readonly idleMs?: number; readonly restartMs?: number } = {}) {
  const kept = keptLog()
  const started: Worker[] = []
  const thread = createIndexThread({
    directory: '/audit',
    durable: undefined,
    witnessFiles: [],
    log: kept.log,
    ...times,
    startWorker(options) {
      t.strictSame(options, { directory: '/audit', durable: undefined, witnessFiles: [] })
      const worker = new Worker(source, { eval: true })
      started.push(worker)
      return worker
    },
  })
  t.teardown(thread.close)
  return { thread, kept, started }
}

void t.test('nothing runs before somebody asks, and then one thread', async (t) => {
  const { thread, started } = threadOf(t)
  t.equal(started.length, 0)
  const [one, other] = await Promise.all([thread.ask('state'), thread.ask('state')])
  t.strictSame(one, other)
  t.equal(started.length, 1)
})

void t.test(
  'the thread is let go when nobody asks, and another is started when somebody does',
  async (t) => {
    const { thread, started, kept } = threadOf(t, { idleMs: 20 })
    const first = await thread.ask('state')
    await until(() => started[0]?.threadId === -1)
    t.notSame(await thread.ask('state'), first)
    t.equal(started.length, 2)
    t.strictSame(kept.messages(), [], 'which is nothing to tell')
  },
)

void t.test('a thread that is still ending is waited for', async (t) => {
  const slow = `
    const { parentPort } = require('node:worker_threads')
    const send = (message) => parentPort.postMessage(message)
    parentPort.on('message', ({ id, question }) => {
      if (question !== 'close') return send({ kind: 'answer', id })
      send({ kind: 'warning', fields: {}, message: 'closing' })
      setTimeout(() => {
        send({ kind: 'answer', id })
        parentPort.close()
      }, 100)
    })`
  const kept = keptLog()
  const started: Worker[] = []
  const thread = createIndexThread({
    directory: '/audit',
    durable: undefined,
    witnessFiles: [],
    log: kept.log,
    idleMs: 5,
    startWorker() {
      for (const before of started) t.equal(before.threadId, -1, 'the one before has ended')
      const worker = new Worker(slow, { eval: true })
      started.push(worker)
      return worker
    },
  })
  t.teardown(thread.close)
  await thread.ask('state')
  await until(() => kept.messages().includes('closing'))
  await Promise.all([thread.ask('state'), thread.ask('state')])
  t.equal(started.length, 2)
})

void t.test('a thread that dies is told of, and started again after a while', async (t) => {
  const { thread, started, kept } = threadOf(t, { restartMs: 200 })
  await t.rejects(thread.ask('call', 'die'), /the review index ended: on purpose/)
  await until(() => kept.lines().length > 0)
  t.match(kept.lines(), [{ level: 'error', error: 'on purpose', msg: /ended unexpectedly/ }])
  await t.rejects(thread.ask('state'), /ended unexpectedly \(on purpose\); ask again in a moment/)
  await until(() => thread.ask('state').then(Boolean, () => false))
  t.equal(started.length, 2)
})

void t.test('closed, it answers no more, and what was asked before is answered', async (t) => {
  const { thread, started } = threadOf(t)
  const asked = thread.ask('state')
  await asked
  const last = thread.ask('state')
  await thread.close()
  await last
  t.equal(started[0]?.threadId, -1)
  await t.rejects(thread.ask('state'), /is closed/)
  await thread.close()
  const never = threadOf(t)
  await never.thread.close()
  t.equal(never.started.length, 0)
})

void t.test('the real thread is started from its file', async (t) => {
  const { log } = keptLog()
  const directory = t.testdir()
  const thread = createIndexThread({ directory, durable: undefined, witnessFiles: [], log })
  t.match(await thread.ask('state'), { indexedSeq: 0 })
  await thread.close()
})
