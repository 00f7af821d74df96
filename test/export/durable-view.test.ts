import t from 'tap'
import { createDurableView } from '../../src/export/durable-view.ts'
import { until } from '../support/audit-files.ts'

const read = (shared: SharedArrayBuffer) => Number(new BigInt64Array(shared)[0])

t.test('what is shared is seen as it is', async (t) => {
  const shared = new SharedArrayBuffer(8)
  const view = createDurableView(shared)
  new BigInt64Array(shared)[0] = 9_007_199_254_740_991n
  t.equal(view.shared, shared)
  t.equal(view.seq(), Number.MAX_SAFE_INTEGER)
  view.refresh()
  view.close()
  t.equal(view.seq(), Number.MAX_SAFE_INTEGER)
})

t.test('what can only be asked for is copied, again and again and when that is due', async (t) => {
  let seq = 3
  const view = createDurableView(() => seq)
  t.equal(read(view.shared), 3)
  seq = 4
  t.equal(view.seq(), 4)
  await until(() => read(view.shared) === 4)
  view.close()
  seq = 5
  view.refresh()
  t.equal(read(view.shared), 5)
})
