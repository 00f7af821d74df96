import t from 'tap'
import { createNames } from '../../../src/review/search/names.ts'
import { purgeBefore } from '../../../src/review/search/purge.ts'
import { decisionBody, filled, journalByHand, timeText } from '../../support/indexed-journal.ts'

void t.test('removes what is about entries before the first, a part at a time', async (t) => {
  const journal = journalByHand(t.testdir())
  journal.append([
    { time: timeText(0), kind: 'identity', token_sha256: 'ab' },
    { time: timeText(0), kind: 'review', action: 'sign_off' },
  ])
  const calls = Array.from({ length: 4_500 }, (_, call) =>
    decisionBody({
      decision_id: `d-${call}`,
      workflow_id: `w-${call}`,
      job_id: '1',
      rule: `r-${call}`,
    }),
  )
  journal.append(calls)
  const { database, names, close } = await filled(journal.directory)
  t.teardown(close)
  names.idOf('workflow', 'w-0')
  const count = (table: string) => {
    return Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n'])
  }
  t.equal(purgeBefore(database, names, 1), false)
  const before = 4_403
  t.equal(purgeBefore(database, names, before), true)
  t.equal(count('calls'), 2_500)
  t.equal(purgeBefore(database, names, before), true)
  t.equal(purgeBefore(database, names, before), true)
  t.equal(count('calls'), 100)
  t.equal(purgeBefore(database, names, before), false)
  t.strictSame([count('identities'), count('sign_offs')], [0, 0])
  t.equal(count('spans WHERE first_seq < 4000'), 0)
  t.strictSame(names.find('workflow', 'w-0'), [], 'texts that no call has are gone')
  const again = names.idOf('workflow', 'w-0')
  t.strictSame(names.find('workflow', 'w-0'), [again], 'and their numbers are not remembered')
  t.equal(names.find('workflow', 'w-4499').length, 1)
  t.equal(names.find('job', '1').length, 1)
  t.strictSame(createNames(database).find('workflow', 'w-*').length, 101)
})
