import t from 'tap'
import { createKnownIds } from '../../../src/audit/verify/known-ids.ts'
import { newDecisionId } from '../../../src/record/decision-id.ts'

void t.test('an id is new once', async (t) => {
  const known = createKnownIds()
  for (const id of ['d-000000000000', 'd-000000000001', 'd-ZZZZZZZZZZZZ', 'd-1', '', 'another']) {
    t.equal(known.has(id), false, id)
    t.equal(known.add(id), true, id)
    t.equal(known.add(id), false, id)
    t.equal(known.has(id), true, id)
  }
  t.equal(known.has('d-00000000000'), false)
  t.equal(known.has('d-10000000000O'), false, 'no such digit')
})

void t.test('every digit counts', async (t) => {
  const known = createKnownIds()
  for (let place = 0; place < 12; place += 1) {
    const id = `d-${'0'.repeat(place)}1${'0'.repeat(11 - place)}`
    t.equal(known.add(id), true, id)
  }
})

void t.test('many are told apart, through its growth', async (t) => {
  const known = createKnownIds()
  const ids = Array.from({ length: 50_000 }, newDecisionId)
  t.ok(ids.every((id) => known.add(id)))
  t.ok(ids.every((id) => known.has(id)))
  t.notOk(ids.some((id) => known.add(id)))
  t.notOk(Array.from({ length: 1000 }, newDecisionId).some((id) => known.has(id)))
})
