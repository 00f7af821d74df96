import t from 'tap'
import { createRare } from '../../src/export/rare.ts'
import { createManualTime } from '../support/manual-time.ts'

t.test('what happens often is said at once and then once a minute', async (t) => {
  const { now, advance } = createManualTime()
  const { happened, over } = createRare(now)
  t.equal(happened(), 1)
  t.equal(happened(), undefined)
  advance(59_999)
  t.equal(happened(), undefined)
  advance(1)
  t.equal(happened(), 3)
  t.equal(happened(), undefined)
  t.equal(over(), 5)
  t.equal(over(), 0)
  t.equal(happened(), 1, 'after it was over, the first time counts again')
})

t.test('a clock that is set back does not silence it', async (t) => {
  let at = 1e12
  const { happened } = createRare(() => at)
  t.equal(happened(), 1)
  at -= 3_600_000
  t.equal(happened(), 1)
})
