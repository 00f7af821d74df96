import t from 'tap'
import { loadSafely } from '../../src/reload/load-safely.ts'
import { ledgerPolicy } from '../support/tested-policy.ts'

t.test('what was loaded is passed on', async (t) => {
  const loaded = { ok: true, policy: ledgerPolicy, warnings: [] } as const
  t.equal(await loadSafely(async () => loaded), loaded)
})

t.test('a bug in the loader is a fault of the file', async (t) => {
  const load = async () => {
    throw new TypeError('x is undefined')
  }
  t.same(await loadSafely(load), {
    ok: false,
    hash: undefined,
    faults: [
      {
        code: 'unexpected',
        message: 'the policy could not be looked at: TypeError: x is undefined',
      },
    ],
  })
})
