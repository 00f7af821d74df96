import t from 'tap'
import { createCallCount } from '../src/call-count.ts'
import type { IssuerStatus } from '../src/identify/issuer.ts'
import { readinessOf } from '../src/ops/readiness.ts'
import { serviceChecks } from '../src/service-checks.ts'

type Parts = Parameters<typeof serviceChecks>[0]

/** Parts of which only what the checks look at is there. */
function partsOf(states: {
  issuers: Partial<IssuerStatus>[]
  journal?: string
  upstream?: string
  policy?: string
}) {
  const calls = createCallCount()
  const parts = {
    calls,
    identifier: { status: () => states.issuers },
    journal: { trouble: () => states.journal },
    upstream: { trouble: async () => states.upstream },
    policies: {
      checks: [{ name: 'policy', trouble: () => states.policy, isVital: () => false }],
    },
  } as unknown as Parts
  return { calls, ready: () => readinessOf(serviceChecks(parts)) }
}

const well = (name: string) => ({ name, usable: true })
const ill = (name: string, detail?: string) => ({ name, usable: false, ...(detail && { detail }) })

t.test('a replica of which everything is well is ready', async (t) => {
  const { ready } = partsOf({ issuers: [well('gitlab'), well('other')] })
  t.same(await ready(), {
    ready: true,
    checks: ['running', 'journal', 'upstream', 'issuer gitlab', 'issuer other', 'policy'].map(
      (name) => ({
        name,
        ready: true,
      }),
    ),
  })
})

t.test('a replica that goes away is not ready, whatever else', async (t) => {
  const { ready, calls } = partsOf({ issuers: [well('gitlab')] })
  await calls.drain(0)
  t.match(await ready(), { ready: false, checks: [{ name: 'running', detail: 'shutting down' }] })
})

for (const name of ['journal', 'upstream'] as const) {
  t.test(`a replica whose ${name} is in trouble is not ready, and says why`, async (t) => {
    const { ready } = partsOf({ issuers: [well('gitlab')], [name]: 'it is broken' })
    const { ready: isReady, checks } = await ready()
    t.equal(isReady, false)
    t.same(
      checks.filter((check) => !check.ready),
      [{ name, ready: false, detail: 'it is broken' }],
    )
  })
}

t.test('one issuer without keys is named, and the callers of the other are served', async (t) => {
  const { ready } = partsOf({ issuers: [well('gitlab'), ill('other', 'HTTP 500')] })
  t.match(await ready(), {
    ready: true,
    checks: [
      {},
      {},
      {},
      { ready: true },
      { name: 'issuer other', ready: false, detail: 'HTTP 500' },
      { name: 'policy', ready: true },
    ],
  })
})

t.test('a policy file that is not in force is named, and calls are served', async (t) => {
  const { ready } = partsOf({ issuers: [well('gitlab')], policy: 'it has 2 problems' })
  t.match(await ready(), {
    ready: true,
    checks: [{}, {}, {}, {}, { name: 'policy', ready: false, detail: 'it has 2 problems' }],
  })
})

t.test('without keys of any issuer a replica is not ready', async (t) => {
  const { ready } = partsOf({ issuers: [ill('gitlab', 'HTTP 500'), ill('other')] })
  t.match(await ready(), {
    ready: false,
    checks: [{}, {}, {}, { detail: 'HTTP 500' }, { detail: 'no keys' }, {}],
  })
})

t.test('the state of an issuer is looked up each time', async (t) => {
  const issuers: Partial<IssuerStatus>[] = [ill('gitlab', 'HTTP 500')]
  const { ready } = partsOf({ issuers })
  t.match(await ready(), { ready: false })
  issuers[0] = well('gitlab')
  t.match(await ready(), { ready: true })
})
