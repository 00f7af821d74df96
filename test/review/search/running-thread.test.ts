import { Worker } from 'node:worker_threads'
import t, { type Test } from 'tap'
import { runThread } from '../../../src/review/search/running-thread.ts'
import { keptLog } from '../../support/audit-files.ts'

/** A thread that does with each question what the code says. */
function threadOf(t: Test, code: string) {
  const source = `
    const { parentPort } = require('node:worker_threads')
    const send = (message) => parentPort.postMessage(message)
    parentPort.on('message', (asked) => {
      if (asked.question === 'close') {
        send({ kind: 'answer', id: asked.id })
        return parentPort.close()
      }
      ${code}
    })`
  const worker = new Worker(source, { eval: true })
  t.teardown(() => worker.terminate())
  const kept = keptLog()
  return { thread: runThread(worker, kept.log), worker, kept }
}

void t.test('answers come to those who asked, in whatever order', async (t) => {
  const { thread } = threadOf(
    t,
    `globalThis.all = [...(globalThis.all ?? []), asked]
     if (all.length === 2) for (const { id, values } of all.reverse()) send({ kind: 'answer', id, answer: values })`,
  )
  const both = await Promise.all([thread.ask('call', ['a']), thread.ask('call', ['b'])])
  t.strictSame(both, [['a'], ['b']])
  await thread.close()
  t.equal(await thread.ended, 'its thread has ended')
})

void t.test('failures are errors again, and of the same kind', async (t) => {
  const { thread } = threadOf(
    t,
    `send({ kind: 'failure', id: asked.id, error: { message: 'no', isRange: asked.values[0], code: asked.values[1] } })`,
  )
  await t.rejects(thread.ask('call', [true]), RangeError)
  const error = await thread.ask('call', [false]).catch((error: unknown) => error)
  t.match(error, { message: 'no' })
  t.notOk('code' in (error as Error))
  await t.rejects(thread.ask('call', [false, 'EACCES']), { message: 'no', code: 'EACCES' })
  t.notOk(error instanceof RangeError)
  await thread.close()
})

void t.test('answers that nobody waits for are passed over; warnings go to the log', async (t) => {
  const { thread, kept } = threadOf(
    t,
    `send({ kind: 'answer', id: 99 })
     send({ kind: 'failure', id: 98, error: { message: 'x', isRange: false } })
     send({ kind: 'warning', fields: { error: 'ENOENT' }, message: 'trouble' })
     send({ kind: 'answer', id: asked.id, answer: 'here' })`,
  )
  t.equal(await thread.ask('state', []), 'here')
  t.match(kept.lines(), [{ level: 'warn', error: 'ENOENT', msg: 'trouble' }])
  await thread.close()
})

void t.test('what is asked of a thread that dies is rejected with why', async (t) => {
  const dies = threadOf(t, `throw new Error('out of luck')`)
  await t.rejects(dies.thread.ask('state', []), /the review index ended: out of luck/)
  t.equal(await dies.thread.ended, 'out of luck')
  const odd = threadOf(t, `throw 'no error at all'`)
  await t.rejects(odd.thread.ask('state', []), /no error at all/)
  const stops = threadOf(t, `process.exit(0)`)
  await t.rejects(stops.thread.ask('state', []), /its thread has ended/)
  await stops.thread.close()
})
