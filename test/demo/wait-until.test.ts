import t from 'tap'
import { waitUntil } from '../../src/demo/wait-until.ts'

const { signal } = new AbortController()

void t.test('the first answer is the result', async (t) => {
  const answers = [undefined, undefined, false, true]
  const probe = async () => answers.shift()
  t.equal(await waitUntil({ probe, timeoutMs: 60_000, signal }), false)
})

void t.test('without an answer in time there is none', async (t) => {
  t.equal(await waitUntil({ probe: async () => undefined, timeoutMs: 0, signal }), undefined)
})

void t.test('the wait ends when it is aborted', async (t) => {
  const controller = new AbortController()
  const probe = async () => controller.abort()
  const waiting = waitUntil({ probe, timeoutMs: 60_000, signal: controller.signal })
  await t.rejects(waiting, { name: 'AbortError' })
})
