import t from 'tap'
import { limitsOf, whereOf } from '../../src/access/cells.ts'
import { accessMatrix } from '../../src/access/rows.ts'
import { ledgerPolicy } from '../support/tested-policy.ts'

const [, second, review] = accessMatrix(ledgerPolicy).rows

t.test('where a grant is', async (t) => {
  t.equal(whereOf(second!), 'payments')
  t.equal(whereOf(review!), 'the audit review')
  const { namespace: _, ...elsewhere } = second!
  t.equal(whereOf({ ...elsewhere, over: 'cluster' }), 'the cluster')
})

t.test('what a grant is limited to', async (t) => {
  t.strictSame(limitsOf(second!), ['workflow ids: ledger-*', 'handlers: close'])
  t.strictSame(limitsOf(review!), [])
})
