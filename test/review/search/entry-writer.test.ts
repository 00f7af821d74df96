import t, { type Test } from 'tap'
import type { EntryBody } from '../../../src/core/audit-entry.ts'
import { openDatabase } from '../../../src/review/search/database.ts'
import { createEntryWriter } from '../../../src/review/search/entry-writer.ts'
import { createNames } from '../../../src/review/search/names.ts'
import { states } from '../../../src/review/search/schema.ts'
import { completionBody, decisionBody } from '../../support/indexed-journal.ts'

/** A writer whose lines are numbered in their order, 100 bytes apart. */
function writerOf(t: Test) {
  const database = openDatabase(t.testdir())
  t.teardown(() => database.close())
  const names = createNames(database)
  const writer = createEntryWriter(database, names)
  let seq = 0
  return {
    add: (...bodies: readonly (EntryBody | string)[]): void => {
      writer.add(
        bodies.map((body) => {
          seq += 1
          const line = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
          return { seq, line, digest: '', place: seq * 100 }
        }),
      )
    },
    rows: (columns: string, table = 'calls') =>
      database
        .prepare(`SELECT ${columns} FROM ${table}`)
        .all()
        .map((row) => Object.values(row)),
    idOf: names.idOf,
  }
}

const ends = 'seq, place, state, completion_seq, completion_place'

void t.test('a call is written with its end, whether both come at once or not', async (t) => {
  const { add, rows } = writerOf(t)
  add(decisionBody({ decision_id: 'a' }), completionBody('a'), decisionBody({ decision_id: 'b' }))
  t.strictSame(rows(ends), [
    [1, 100, states.completed, 2, 200],
    [3, 300, states.open, null, null],
  ])
  add(completionBody('b', { outcome: 'failed' }))
  t.strictSame(rows(ends)[1], [3, 300, states.failed, 4, 400])
})

void t.test('the code of an end is the code of the call', async (t) => {
  const { add, rows, idOf } = writerOf(t)
  const end = (id: string) => completionBody(id, { outcome: 'failed', code: 'answer_too_large' })
  add(decisionBody({ decision_id: 'a' }), end('a'), decisionBody({ decision_id: 'b' }))
  add(end('b'))
  const code = idOf('code', 'answer_too_large')
  t.strictSame(rows('code'), [[code], [code]])
})

void t.test('one entry for a whole call is both ends of it', async (t) => {
  const { add, rows } = writerOf(t)
  add(completionBody('a', { level: 'completion', decision: 'allowed', outcome: 'cancelled' }))
  t.strictSame(rows(ends), [[1, 100, states.cancelled, 1, 100]])
})

void t.test('an end without a call, and a second end, change nothing', async (t) => {
  const { add, rows } = writerOf(t)
  add(completionBody('nobody'), decisionBody({ decision_id: 'a' }))
  add(completionBody('a'))
  add(completionBody('a', { outcome: 'failed' }))
  t.strictSame(rows(ends), [[2, 200, states.completed, 3, 300]])
  add(decisionBody({ decision_id: 'r', outcome: 'refused' }))
  add(completionBody('r'))
  t.strictSame(rows('state, completion_seq')[1], [states.refused, null])
})

void t.test('texts are numbers, and a call without a name has none', async (t) => {
  const { add, rows, idOf } = writerOf(t)
  add(decisionBody({ decision_id: 'a', namespace: 'payments', project_path: 'p', project_id: '4' }))
  add({ time: '', kind: 'refusals', count: 7, code: 'issuer_unknown' })
  t.strictSame(rows('namespace, project, decision_id, weight'), [
    [idOf('namespace', 'payments'), idOf('project', 'p', '4'), 'a', 1],
    [null, null, null, 7],
  ])
})

void t.test('identities and sign-offs are found again', async (t) => {
  const { add, rows } = writerOf(t)
  add({ time: '', kind: 'identity', token_sha256: 'ab' })
  add({ time: '', kind: 'review', action: 'sign_off' }, { time: '', kind: 'stop' })
  t.strictSame(rows('token, seq, place', 'identities'), [['ab', 1, 100]])
  t.strictSame(rows('seq, place', 'sign_offs'), [[2, 200]])
})

void t.test('what is no entry takes its place and no more', async (t) => {
  const { add, rows } = writerOf(t)
  add('no entry', decisionBody({ decision_id: 'a' }))
  t.strictSame(rows('seq'), [[2]])
  t.strictSame(rows('first_seq', 'spans'), [[1], [2]])
})
