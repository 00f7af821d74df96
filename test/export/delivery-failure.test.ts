import t from 'tap'
import { DeliveryFailure } from '../../src/export/delivery-failure.ts'

t.test('says what is known, and nothing more', async (t) => {
  t.match(new DeliveryFailure('why'), {
    name: 'DeliveryFailure',
    message: 'why',
    retryAfterMs: undefined,
    isRefusal: false,
  })
  const about = { retryAfterMs: 5, isRefusal: true }
  t.match(new DeliveryFailure('why', about), about)
})
