import t from 'tap'
import { createVerifier } from '../../../src/review/pages/verification.ts'

const result = { ok: true, entries: 7, checkpoints: 1, problems: [], durationMs: 3 }
const asked = { reviewer: 'ada', record: async () => undefined }

t.test('a check is running until it is done, and its result is kept', async (t) => {
  let now = 100
  const verifier = createVerifier({ verify: async () => result, now: () => now })
  t.same(verifier.state(), { stage: 'never' })
  const run = verifier.run(asked)
  t.same(verifier.state(), { stage: 'running', since: 100, reviewer: 'ada' })
  now = 200
  await run
  t.same(verifier.state(), { stage: 'done', at: 200, reviewer: 'ada', result })
})

t.test('there is one at a time: who asks meanwhile waits for the same', async (t) => {
  let checks = 0
  const verify = async () => {
    checks += 1
    return result
  }
  const verifier = createVerifier({ verify, now: () => 0 })
  await Promise.all([verifier.run(asked), verifier.run({ ...asked, reviewer: 'bob' })])
  t.equal(checks, 1)
  t.match(verifier.state(), { reviewer: 'ada' })
  await verifier.run({ ...asked, reviewer: 'bob' })
  t.equal(checks, 2)
  t.match(verifier.state(), { reviewer: 'bob' })
})

t.test('a result is recorded before it is there, and without that it is not', async (t) => {
  const verifier = createVerifier({ verify: async () => result, now: () => 5 })
  await verifier.run({
    reviewer: 'ada',
    record: async (found) => {
      t.same(found, result)
      t.match(verifier.state(), { stage: 'running' })
      throw new Error('no room')
    },
  })
  t.same(verifier.state(), { stage: 'failed', at: 5, why: 'record' })
})

t.test('a check that cannot be made says so', async (t) => {
  const verifier = createVerifier({
    verify: () => Promise.reject(new Error('gone')),
    now: () => 5,
  })
  await verifier.run(asked)
  t.same(verifier.state(), { stage: 'failed', at: 5, why: 'index' })
})
