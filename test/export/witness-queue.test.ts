import t, { type Test } from 'tap'
import { createBackoff } from '../../src/export/backoff.ts'
import { createWitnessQueue, type WitnessQueueOptions } from '../../src/export/witness-queue.ts'
import { keptLog, until } from '../support/audit-files.ts'

function queued(t: Test, options: Partial<WitnessQueueOptions> = {}) {
  const { log, lines } = keptLog()
  const brought: string[] = []
  let left = 0
  let fault: Error | undefined
  const queue = createWitnessQueue({
    name: 'file-1',
    bring: async (note) => {
      if (fault !== undefined) throw fault
      brought.push(note)
    },
    leave: async () => void (left += 1),
    backoff: createBackoff(() => 0.01),
    log,
    now: Date.now,
    ...options,
  })
  t.teardown(queue.close)
  const failWith = (next: Error | undefined) => void (fault = next)
  return { ...queue, brought, failWith, lines, left: () => left }
}

const notes = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `note ${from + index}`)

t.test('notes are brought in their order', async (t) => {
  const { add, brought, state, close, left } = queued(t)
  for (const note of notes(1, 3)) add(note)
  t.same(brought, ['note 1'], 'bringing has begun, and nobody has waited for it')
  await until(() => brought.length === 3)
  add('note 4')
  await until(() => state().published === 4)
  t.same(brought, notes(1, 4))
  t.same(state(), {
    name: 'file-1',
    published: 4,
    failures: 0,
    superseded: 0,
    waiting: 0,
    lastError: undefined,
  })
  await close()
  t.equal(left(), 1)
})

t.test('while a witness is away the newest are kept', async (t) => {
  const { add, brought, failWith, state, lines } = queued(t)
  failWith(new Error('away'))
  for (const note of notes(1, 100)) add(note)
  await until(() => state().failures > 2)
  t.match(state(), { waiting: 17, superseded: 83, lastError: 'away', published: 0 })
  failWith(undefined)
  await until(() => state().waiting === 0)
  t.same(brought, ['note 1', ...notes(85, 100)], 'the first was under way')
  t.match(lines(), [{ witness: 'file-1', why: 'away' }, { witness: 'file-1' }])
})

t.test('at the end what waits is tried once more', async (t) => {
  const backoff = { nextMs: () => 1e9, reset: () => undefined }
  const { add, brought, failWith, state, close } = queued(t, { backoff })
  failWith(new Error('away'))
  for (const note of notes(1, 3)) add(note)
  await until(() => state().failures === 1)
  failWith(undefined)
  await close()
  t.same(brought, notes(1, 3))
})

t.test('a witness that does not answer does not keep it from ending', async (t) => {
  const { add, state, close } = queued(t, {
    bring: () => new Promise(() => undefined),
    leave: () => Promise.reject(new Error('no')),
    flushTimeoutMs: 10,
  })
  for (const note of notes(1, 3)) add(note)
  await close()
  t.match(state(), { waiting: 3, published: 0, failures: 1 })
})
