import t from 'tap'
import { createSessions, sessionAgeMaxMs } from '../../src/review/session.ts'
import { identityOf } from '../support/decision-parts.ts'

const person = { identity: identityOf({ kind: 'person' }), isStanding: () => true }
const minute = 60_000

void t.test('a session is found by its id alone', async (t) => {
  const sessions = createSessions()
  const id = sessions.open(person, 0)
  t.match(sessions.find(id, 1), { person, startedAt: 0, formToken: /^[\w-]{43}$/ })
  for (const other of ['', 'x', undefined, `${id}x`, id.toLowerCase()]) {
    if (other !== id) t.equal(sessions.find(other, 1), undefined)
  }
})

void t.test('every session has an id and a form token of its own', async (t) => {
  const sessions = createSessions()
  const [one, other] = [sessions.open(person, 0), sessions.open(person, 0)]
  t.not(one, other)
  t.not(sessions.find(one, 0)?.formToken, sessions.find(other, 0)?.formToken)
  t.not(sessions.find(one, 0)?.formToken, one)
})

void t.test('half an hour without use ends it', async (t) => {
  const sessions = createSessions()
  const id = sessions.open(person, 0)
  t.ok(sessions.find(id, 30 * minute - 1))
  t.ok(sessions.find(id, 60 * minute - 2))
  t.notOk(sessions.find(id, 90 * minute - 2))
  t.notOk(sessions.find(id, 60 * minute), 'for good')
})

void t.test('a page that only watches does not keep it alive', async (t) => {
  const sessions = createSessions()
  const id = sessions.open(person, 0)
  t.ok(sessions.find(id, 29 * minute, false))
  t.notOk(sessions.find(id, 31 * minute, false))
})

void t.test('eight hours end it, however busy it is', async (t) => {
  const sessions = createSessions()
  const id = sessions.open(person, 0)
  for (let at = 0; at < sessionAgeMaxMs; at += 20 * minute) t.ok(sessions.find(id, at))
  t.notOk(sessions.find(id, sessionAgeMaxMs))
})

void t.test('a session that was ended is over, and others are not', async (t) => {
  const sessions = createSessions()
  const [id, other] = [sessions.open(person, 0), sessions.open(person, 0)]
  sessions.end(id)
  sessions.end(undefined)
  sessions.end('x')
  t.notOk(sessions.find(id, 1))
  t.ok(sessions.find(other, 1))
})

void t.test('of very many sessions, the one that is used least goes', async (t) => {
  const sessions = createSessions()
  const [first, second] = [sessions.open(person, 0), sessions.open(person, 0)]
  for (let count = 2; count < 1000; count++) sessions.open(person, 0)
  t.ok(sessions.find(first, 1))
  sessions.open(person, 1)
  t.ok(sessions.find(first, 2))
  t.notOk(sessions.find(second, 2))
})
