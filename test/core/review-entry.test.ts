import t from 'tap'
import { reviewEntry } from '../../src/core/review-entry.ts'

const at = Date.UTC(2026, 10, 23, 9)
const facts = { at, action: 'search', reviewer: 'gitlab.com/rita', peer: '10.4.2.17' } as const

void t.test('an entry says what a reviewer did, and from where', async (t) => {
  t.strictSame(
    reviewEntry({ ...facts, issuer: 'gitlab', about: { code: 'not_granted', count: 0 } }),
    {
      time: '2026-11-23T09:00:00.000Z',
      kind: 'review',
      action: 'search',
      reviewer: 'gitlab.com/rita',
      issuer: 'gitlab',
      peer: '10.4.2.17',
      about: { code: 'not_granted', count: 0 },
    },
  )
})

void t.test('what is not known is left out', async (t) => {
  const bare = {
    time: '2026-11-23T09:00:00.000Z',
    kind: 'review',
    action: 'search',
    reviewer: 'gitlab.com/rita',
    peer: '10.4.2.17',
  }
  t.strictSame(reviewEntry(facts), bare)
  t.strictSame(reviewEntry({ ...facts, issuer: undefined, about: {} }), bare)
  t.strictSame(reviewEntry({ ...facts, about: { job: undefined, user: '' } }), bare)
})

void t.test('no text that a reviewer writes grows an entry without end', async (t) => {
  const { about } = reviewEntry({
    ...facts,
    about: { fits: 'x'.repeat(1024), note: 'x'.repeat(1025) },
  })
  t.strictSame(about, {
    fits: 'x'.repeat(1024),
    note: `${'x'.repeat(1024)}… (1025 characters)`,
  })
})
