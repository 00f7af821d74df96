import t from 'tap'
import { signOffOf } from '../../../src/review/search/sign-off.ts'

void t.test('a sign-off is read from its entry', async (t) => {
  const entry = {
    kind: 'review',
    action: 'sign_off',
    time: '2026-11-23T09:00:00.000Z',
    reviewer: 'ada',
    about: {
      from: '2026-11-01T00:00:00.000Z',
      to: '2026-11-08T00:00:00.000Z',
      first_seq: 5,
      last_seq: 99,
      note: 'all refusals explained',
    },
  }
  t.strictSame(signOffOf(entry), {
    time: Date.UTC(2026, 10, 23, 9),
    reviewer: 'ada',
    from: Date.UTC(2026, 10, 1),
    to: Date.UTC(2026, 10, 8),
    firstSeq: 5,
    lastSeq: 99,
    note: 'all refusals explained',
  })
})

void t.test('what is missing is empty or no number, and what is none is none', async (t) => {
  const bare = signOffOf({ kind: 'review', action: 'sign_off', about: { note: 5 } })
  t.match(bare, { reviewer: '', note: '', from: NaN, firstSeq: NaN })
  t.match(signOffOf({ kind: 'review', action: 'sign_off', about: 'x' }), { note: '' })
  t.match(signOffOf({ kind: 'review', action: 'sign_off', about: null }), { note: '' })
  t.equal(signOffOf({ kind: 'review', action: 'search' }), undefined)
  t.equal(signOffOf({ kind: 'decision', action: 'sign_off' }), undefined)
})
