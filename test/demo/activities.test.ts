import t from 'tap'
import { sumEntries } from '../../src/demo/activities.ts'

void t.test('the entries of the ledger add up to its balance', async (t) => {
  t.equal(await sumEntries(), 8_000)
})
