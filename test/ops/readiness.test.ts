import t from 'tap'
import { readinessOf } from '../../src/ops/readiness.ts'

const well = { name: 'journal', trouble: () => undefined }
const ill = { name: 'upstream', trouble: async () => 'connect ECONNREFUSED' }

void t.test('all is well when nothing is in trouble, and when there is nothing', async (t) => {
  t.same(await readinessOf([well]), { ready: true, checks: [{ name: 'journal', ready: true }] })
  t.same(await readinessOf([]), { ready: true, checks: [] })
})

void t.test('one trouble is enough, and it is named with what it is', async (t) => {
  t.same(await readinessOf([well, ill]), {
    ready: false,
    checks: [
      { name: 'journal', ready: true },
      { name: 'upstream', ready: false, detail: 'connect ECONNREFUSED' },
    ],
  })
})

void t.test('a trouble that is not vital is named and not in the way', async (t) => {
  const spare = { ...ill, isVital: () => false }
  t.match(await readinessOf([well, spare]), {
    ready: true,
    checks: [{ ready: true }, { name: 'upstream', ready: false }],
  })
  t.match(await readinessOf([{ ...ill, isVital: () => true }]), { ready: false })
  t.match(await readinessOf([{ ...well, isVital: () => true }]), { ready: true })
})
