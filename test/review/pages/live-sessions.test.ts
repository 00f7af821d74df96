import t from 'tap'
import { createLiveSessions } from '../../../src/review/pages/live-sessions.ts'

t.test('a view that was opened is known, to the one who opened it', async (t) => {
  const sessions = createLiveSessions({ now: () => 0 })
  const session = sessions.open('ada')
  t.ok(sessions.isOpen(session, 'ada'))
  t.notOk(sessions.isOpen(session, 'bob'))
  t.notOk(sessions.isOpen('guessed', 'ada'))
  t.not(sessions.open('ada'), session)
})

t.test('it ends after a working day', async (t) => {
  let now = 0
  const sessions = createLiveSessions({ now: () => now })
  const session = sessions.open('ada')
  now = 8 * 3_600_000 - 1
  t.ok(sessions.isOpen(session, 'ada'))
  now += 1
  t.notOk(sessions.isOpen(session, 'ada'))
})

t.test('of very many the oldest is forgotten', async (t) => {
  const sessions = createLiveSessions({ now: () => 0 })
  const all = Array.from({ length: 1_001 }, () => sessions.open('ada'))
  t.notOk(sessions.isOpen(all[0] ?? '', 'ada'))
  t.ok(sessions.isOpen(all[1] ?? '', 'ada'))
})
