import t from 'tap'
import { setImmediate } from 'node:timers/promises'
import { createVerifyRoutes } from '../../../src/review/pages/verify-route.ts'
import type { VerifyResult } from '../../../src/review/review-index.ts'
import { keptLog } from '../../support/audit-files.ts'
import { createManualTime } from '../../support/manual-time.ts'
import { memoryReviewIndex } from '../../support/review-index.ts'
import {
  loopbackReviewer,
  pageIn,
  reviewParts,
  unrecorded,
  visitOf,
} from '../../support/review-page.ts'

const result = { ok: true, entries: 7, checkpoints: 1, problems: [], durationMs: 3 }

function setUp(changes: Parameters<typeof reviewParts>[1] = {}) {
  let finish = (_result: VerifyResult) => {}
  const verify = () => new Promise<VerifyResult>((resolve) => (finish = resolve))
  const time = createManualTime()
  const parts = reviewParts([], {
    index: memoryReviewIndex([], { verify }),
    schedule: time.schedule,
    ...changes,
  })
  return {
    parts,
    time,
    routes: createVerifyRoutes(parts),
    finish: (found = result) => finish(found),
  }
}

t.test(
  'a short check is over when its form is answered, and is recorded with its result',
  async (t) => {
    const { parts, routes, finish } = setUp()
    const answer = routes.begin(visitOf(parts))
    finish()
    t.same(await answer, { redirect: '/review/verify' })
    t.match(parts.facts, [
      { action: 'verify', about: { result: 'holds', entries: 7, checkpoints: 1, problems: 0 } },
    ])
    t.match(pageIn(await routes.view(visitOf(parts))).text, '✓ The journal holds')
    t.match(parts.facts[1], { action: 'view', about: { page: 'verify' } })
  },
)

t.test('a long one is not waited for, and says when it is done', async (t) => {
  const { parts, routes, finish, time } = setUp()
  const answer = routes.begin(visitOf(parts))
  time.advance(1_500)
  await answer
  t.same(await routes.progress(), { json: { running: true } })
  t.match(pageIn(await routes.view(visitOf(parts))).text, 'Reading the journal since')
  finish({ ...result, ok: false, problems: ['line 7'] as never })
  await setImmediate()
  t.same(await routes.progress(), { json: { running: false } })
  t.match(pageIn(await routes.view(visitOf(parts))).text, '✕ The journal does not hold')
  t.match(parts.facts[1], { about: { result: 'does not hold', problems: 1 } })
})

t.test('a second reviewer who asks during a check has an entry of it, too', async (t) => {
  const { parts, routes, finish } = setUp()
  const reviewer = { ...loopbackReviewer, name: 'bob' }
  const asked: unknown[] = []
  const record = async (...fact: unknown[]) => void asked.push(fact)
  const both = [routes.begin(visitOf(parts)), routes.begin(visitOf(parts, { reviewer, record }))]
  finish()
  await Promise.all(both)
  t.match(parts.facts, [{ action: 'verify', reviewer: 'loopback' }])
  t.match(asked, [['verify', { result: 'holds', entries: 7 }]])
})

t.test('a long check that fails is logged with its reason, and the page says it', async (t) => {
  const { log, lines } = keptLog()
  const failing = Promise.withResolvers<VerifyResult>()
  const index = memoryReviewIndex([], { verify: () => failing.promise })
  const { parts, routes, time } = setUp({ index, log })
  const answer = routes.begin(visitOf(parts))
  time.advance(1_500)
  await answer
  failing.reject(Object.assign(new Error("EACCES: '/w/x'"), { code: 'EACCES' }))
  await setImmediate()
  t.match(lines(), [{ level: 'error', err: { message: "EACCES: '/w/x'" } }])
  const { text } = pageIn(await routes.view(visitOf(parts)))
  t.match(text, 'The check failed: a file could not be read (EACCES).')
  t.notMatch(text, '/w/x')
})

t.test('a result that cannot be recorded is not shown', async (t) => {
  const { parts, routes, finish } = setUp({ record: async () => unrecorded })
  const answer = routes.begin(visitOf(parts))
  finish()
  await answer
  const recording = visitOf(parts, { record: async () => undefined })
  const { text } = pageIn(await routes.view(recording))
  t.match(text, 'What it found could not be recorded')
  t.notMatch(text, 'holds Entries')
  await t.rejects(routes.view(visitOf(parts)), { message: 'audit_unavailable' })
})
