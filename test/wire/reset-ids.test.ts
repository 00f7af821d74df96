import t from 'tap'
import { ResetIds } from '../../src/wire/reset-ids.ts'

t.test('frames of a stream that was reset are passed over until its end', async (t) => {
  const ids = new ResetIds()
  ids.add(1)
  t.equal(ids.passesOver(1, false), true)
  t.equal(ids.passesOver(1, true), true)
  t.equal(ids.passesOver(1, false), false, 'nothing may follow the end')
  t.equal(ids.passesOver(3, false), false, 'never reset')
})

t.test('only so many are remembered, the latest', async (t) => {
  const ids = new ResetIds()
  for (let id = 1; id <= 1001; id++) ids.add(id)
  t.equal(ids.passesOver(1, false), false)
  t.equal(ids.passesOver(2, false), true)
  t.equal(ids.passesOver(1001, false), true)
})
