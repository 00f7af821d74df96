import t from 'tap'
import { createVerifier } from '../../../src/review/pages/verification.ts'
import { keptLog } from '../../support/audit-files.ts'

const { log } = keptLog()
const result = { ok: true, entries: 7, checkpoints: 1, problems: [], durationMs: 3 }
const asked = { reviewer: 'ada', record: async () => undefined }

t.test('a check is running until it is done, and its result is kept', async (t) => {
  let now = 100
  const verifier = createVerifier({ verify: async () => result, now: () => now, log })
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
  const verifier = createVerifier({ verify, now: () => 0, log })
  await Promise.all([verifier.run(asked), verifier.run({ ...asked, reviewer: 'bob' })])
  t.equal(checks, 1)
  t.match(verifier.state(), { reviewer: 'ada' })
  await verifier.run({ ...asked, reviewer: 'bob' })
  t.equal(checks, 2)
  t.match(verifier.state(), { reviewer: 'bob' })
})

t.test('a result is recorded for everybody who asked for it', async (t) => {
  const verifier = createVerifier({ verify: async () => result, now: () => 5, log })
  const recorded: string[] = []
  const of = (reviewer: string, meanwhile?: () => void) => ({
    reviewer,
    record: async (found: unknown) => {
      t.same(found, result)
      recorded.push(reviewer)
      meanwhile?.()
    },
  })
  let late: Promise<void> | undefined
  const first = verifier.run(of('ada'))
  const second = verifier.run(of('bob', () => void (late = verifier.run(of('cyd')))))
  await Promise.all([first, second])
  t.same(recorded, ['ada', 'bob', 'cyd'])
  t.match(verifier.state(), { stage: 'done', reviewer: 'ada' })
  await late
  await verifier.run(of('dan'))
  t.same(recorded, ['ada', 'bob', 'cyd', 'dan'])
})

t.test('a result is recorded before it is there, and without that it is not', async (t) => {
  const kept = keptLog()
  const verifier = createVerifier({ verify: async () => result, now: () => 5, log: kept.log })
  const run = verifier.run({
    reviewer: 'ada',
    record: async (found) => {
      t.same(found, result)
      t.match(verifier.state(), { stage: 'running' })
      throw new Error('no room')
    },
  })
  const other = verifier.run({ reviewer: 'bob', record: async () => void t.fail('not any more') })
  await Promise.all([run, other])
  t.match(verifier.state(), { stage: 'failed', at: 5, why: 'record' })
  t.match(kept.lines(), [{ why: 'record', err: { message: 'no room' } }])
  await verifier.run(asked)
  t.match(verifier.state(), { stage: 'done' })
})

t.test('a check that cannot be made says why, and all of it is logged once', async (t) => {
  const errors = [
    Object.assign(new Error("EACCES: permission denied, open '/w/x'"), { code: 'EACCES' }),
    Object.assign(new Error('odd'), { code: 'ERR_ODD' }),
    new Error('gone'),
  ]
  const reasons = [
    'a file could not be read (EACCES)',
    'it ended with an error',
    'it ended with an error',
  ]
  for (const [nth, error] of errors.entries()) {
    const kept = keptLog()
    const verify = () => Promise.reject(error)
    const verifier = createVerifier({ verify, now: () => 5, log: kept.log })
    await Promise.all([verifier.run(asked), verifier.run(asked)])
    const reason = reasons[nth]
    t.same(verifier.state(), { stage: 'failed', at: 5, why: 'index', reason })
    t.match(kept.lines(), [
      { level: 'error', err: { message: error.message }, msg: 'the journal could not be verified' },
    ])
    t.equal(kept.lines().length, 1)
  }
})
