import t from 'tap'
import { fault } from '../../src/wire/fault.ts'

t.test('a fault has a code and words', async (t) => {
  t.same(fault(1, 'odd'), { code: 1, why: 'odd' })
})
