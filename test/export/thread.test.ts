import { Worker } from 'node:worker_threads'
import t, { type Test } from 'tap'
import { createBackoff } from '../../src/export/backoff.ts'
import { keepThread, type ThreadOptions } from '../../src/export/thread.ts'
import { keptLog, until } from '../support/audit-files.ts'

/** Keeps a thread that runs a program. */
function kept(t: Test, program: string, options: Partial<ThreadOptions<string>> = {}) {
  const { log, lines } = keptLog()
  const received: string[] = []
  let crashes = 0
  const thread = keepThread<string>({
    start: () => new Worker(program, { eval: true, execArgv: [], env: {} }),
    onMessage: (message) => received.push(message),
    onCrash: () => void (crashes += 1),
    backoff: createBackoff(() => 0.01),
    log,
    endTimeoutMs: 10_000,
    ...options,
  })
  t.teardown(thread.close)
  return { ...thread, received, lines, crashes: () => crashes }
}

const obedient = `
  const { parentPort } = require('node:worker_threads')
  parentPort.postMessage('begun')
  parentPort.once('message', (message) => {
    parentPort.postMessage('told to ' + message)
    parentPort.close()
  })`

t.test('a thread that is told to end ends', async (t) => {
  const { received, lines, close, crashes } = kept(t, obedient)
  await until(() => received.length === 1)
  await close()
  t.same(received, ['begun', 'told to end'])
  t.same(lines(), [])
  t.equal(crashes(), 0)
})

t.test('a thread that is told to end before it has begun ends, too', async (t) => {
  const { received, close } = kept(t, obedient)
  await close()
  t.same(received, ['begun', 'told to end'])
})

t.test('a thread that does not end in time is ended', async (t) => {
  const deaf = `require('node:worker_threads').parentPort.postMessage('begun'); for (;;);`
  const { received, close } = kept(t, deaf, { endTimeoutMs: 10 })
  await until(() => received.length === 1)
  await close()
  t.pass()
})

const ends: Record<string, readonly [program: string, why: RegExp]> = {
  'by an error': [`throw new Error('broken')`, /Error: broken/],
  'by an error in the background': [`Promise.reject(new TypeError('broken'))`, /TypeError: broken/],
  'by itself': [`process.exit(7)`, /it ended with code 7/],
}

for (const [name, [program, why]] of Object.entries(ends)) {
  t.test(`a thread that ends ${name} is started again, and that is said`, async (t) => {
    const { lines, crashes, close } = kept(t, program)
    await until(() => crashes() >= 2)
    await close()
    t.match(lines()[0], { level: 'error', why })
  })
}

t.test('closing does not wait for the next start', async (t) => {
  const { crashes, close } = kept(t, 'process.exit(1)', {
    backoff: { nextMs: () => 1e9, reset: () => undefined },
  })
  await until(() => crashes() === 1)
  await close()
  t.equal(crashes(), 1)
})
