import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import type { ReviewFacts } from '../../src/core/review-entry.ts'
import type { Recorded } from '../../src/record/journal.ts'
import { loginRefusal } from '../../src/review/login-refusal.ts'
import { createRefusedLogins } from '../../src/review/refused-logins.ts'
import { keptLog } from '../support/audit-files.ts'
import { createManualTime } from '../support/manual-time.ts'
import { unrecorded } from '../support/review-page.ts'

function start(recorded: Recorded = { ok: true }) {
  const { log, lines } = keptLog()
  const time = createManualTime()
  const facts: ReviewFacts[] = []
  const refused = createRefusedLogins({
    record: async (fact) => {
      facts.push(fact)
      return recorded
    },
    log,
    schedule: time.schedule,
  })
  const refuse = (count = 1, peer = '10.0.0.1') => {
    const refusal = loginRefusal('login_unknown', 'no such state')
    for (let nth = 0; nth < count; nth++) {
      refused.add({ at: time.now(), refusal, reviewer: 'unknown', issuer: 'gitlab', peer })
    }
  }
  return { time, facts, refused, refuse, lines }
}

void t.test('a refused login is recorded with its reason', async (t) => {
  const { time, facts, refuse } = start()
  refuse()
  t.strictSame(facts, [
    {
      at: time.now(),
      action: 'login_refused',
      reviewer: 'unknown',
      issuer: 'gitlab',
      peer: '10.0.0.1',
      about: { code: 'login_unknown', detail: 'no such state' },
    },
  ])
})

void t.test(
  'of a flood, so many a minute are recorded singly and the rest by an exact count',
  async (t) => {
    const { time, facts, refuse } = start()
    refuse(30)
    const first = new Date(time.now()).toISOString()
    refuse(500)
    time.skip(10_000)
    refuse(1, '10.0.0.2')
    const last = new Date(time.now()).toISOString()
    t.equal(facts.length, 30)
    time.advance(60_000)
    t.equal(facts.length, 31)
    t.match(facts.at(-1), {
      peer: '10.0.0.2',
      about: { code: 'login_unknown', count: 501, first_time: first, last_time: last },
    })
    refuse()
    t.equal(facts.length, 32, 'in the next minute, each has its own again')
    time.advance(600_000)
    t.equal(facts.length, 32)
  },
)

void t.test('a refused login that cannot be recorded is in the log', async (t) => {
  const { refuse, refused, lines } = start(unrecorded)
  refuse(31)
  refused.flush()
  await setImmediate()
  t.equal(lines().length, 31)
  t.match(lines()[0], { action: 'login_refused', msg: 'not recorded in the journal' })
})

void t.test('what was only counted is recorded at the end', async (t) => {
  const { time, facts, refused, refuse } = start()
  refuse(31)
  refused.flush()
  t.match(facts.at(-1), { about: { count: 1 } })
  refused.flush()
  time.advance(60_000)
  t.equal(facts.length, 31)
})

void t.test('real timers are used unless others are given', async (t) => {
  const refused = createRefusedLogins({
    record: async () => t.fail('nothing was refused') as never,
    log: keptLog().log,
  })
  refused.flush()
})
