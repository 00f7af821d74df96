import t from 'tap'
import {
  placeOfCall,
  placeOfIdentity,
  placesOfSignOffs,
  placesSince,
} from '../../../src/review/search/lookups.ts'
import {
  completionBody,
  decisionBody,
  filled,
  journalByHand,
  timeText,
} from '../../support/indexed-journal.ts'

void t.test('a call is found by the name of its decision', async (t) => {
  const journal = journalByHand(t.testdir())
  journal.append([decisionBody({ decision_id: 'a' }), decisionBody({ decision_id: 'a' })])
  const { database, close } = await filled(journal.directory)
  t.teardown(close)
  t.match(placeOfCall(database, 'a'), { seq: 1, place: 0 }, 'the first, where there are two')
  for (const id of ['b', '', "' OR 1 --", '%']) t.equal(placeOfCall(database, id), undefined)
})

void t.test('what changed since an entry: calls that came, and calls that ended', async (t) => {
  const journal = journalByHand(t.testdir())
  journal.append([
    decisionBody({ decision_id: 'a' }),
    decisionBody({ decision_id: 'b' }),
    completionBody('b'),
    decisionBody({ decision_id: 'c' }),
    completionBody('a'),
    completionBody('c'),
  ])
  const { database, close } = await filled(journal.directory)
  t.teardown(close)
  const since = (seq: number, max = 50) =>
    placesSince(database, { seq, max }).map((call) => call.seq)
  t.strictSame(since(0), [4, 2, 1])
  t.strictSame(since(3), [4, 1])
  t.strictSame(since(5), [4])
  t.strictSame(since(6), [])
  t.strictSame(since(0, 2), [4, 1], 'the last that changed, where not all are asked for')
  const open = journalByHand(t.testdir())
  open.append([decisionBody({ decision_id: 'a' }), decisionBody({ decision_id: 'b' })])
  const other = await filled(open.directory)
  t.teardown(other.close)
  t.strictSame(
    placesSince(other.database, { seq: 0, max: 5 }).map(({ seq }) => seq),
    [2, 1],
  )
})

void t.test('an identity is the last that was known when the call was decided', async (t) => {
  const journal = journalByHand(t.testdir())
  const identity = { time: timeText(0), kind: 'identity', token_sha256: 'ab' } as const
  journal.append([identity, decisionBody(), identity, decisionBody()])
  const { database, close } = await filled(journal.directory)
  t.teardown(close)
  t.match(placeOfIdentity(database, { token: 'ab', seq: 2 }), { seq: 1 })
  t.match(placeOfIdentity(database, { token: 'ab', seq: 4 }), { seq: 3 })
  t.equal(placeOfIdentity(database, { token: 'ab', seq: 1 }), undefined)
  t.equal(placeOfIdentity(database, { token: 'cd', seq: 4 }), undefined)
})

void t.test('sign-offs come newest first', async (t) => {
  const journal = journalByHand(t.testdir())
  const signOff = { time: timeText(0), kind: 'review', action: 'sign_off' } as const
  journal.append([signOff, decisionBody(), signOff])
  const { database, close } = await filled(journal.directory)
  t.teardown(close)
  t.strictSame(
    placesOfSignOffs(database).map(({ seq }) => seq),
    [3, 1],
  )
})
