import t from 'tap'
import type { ReviewFacts } from '../../src/core/review-entry.ts'
import { recordOrLog } from '../../src/review/record-or-log.ts'
import { keptLog } from '../support/audit-files.ts'
import { unrecorded } from '../support/review-page.ts'

const facts = { at: 7, action: 'logout', reviewer: 'ada', peer: '10.0.0.1' } as const

t.test('what is recorded is not logged', async (t) => {
  const { log, lines } = keptLog()
  const given: ReviewFacts[] = []
  const record = async (fact: ReviewFacts) => {
    given.push(fact)
    return { ok: true } as const
  }
  t.equal(await recordOrLog({ record, log }, facts), true)
  t.same(given, [facts])
  t.same(lines(), [])
})

t.test('what cannot be recorded is in the log, with who and why', async (t) => {
  const { log, lines } = keptLog()
  t.equal(await recordOrLog({ record: async () => unrecorded, log }, facts), false)
  t.match(lines(), [
    {
      level: 'error',
      action: 'logout',
      reviewer: 'ada',
      peer: '10.0.0.1',
      code: 'audit_unavailable',
      detail: 'the disk is full',
      msg: 'not recorded in the journal',
    },
  ])
})
