import t from 'tap'
import { createDurableMark } from '../../src/record/durable-mark.ts'

void t.test('every thread sees how far it has moved', async (t) => {
  const mark = createDurableMark()
  t.equal(mark.seq(), 0)
  mark.moveTo(2 ** 40)
  t.equal(mark.seq(), 2 ** 40)
  t.equal(new BigInt64Array(mark.shared)[0], 2n ** 40n)
})
