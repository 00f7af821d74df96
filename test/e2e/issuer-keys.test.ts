import t from 'tap'
import { startIdentifier } from '../support/identifier.ts'

const minute = 60_000

void t.test(
  'a key that is rotated in works at once, and one withdrawn stops within minutes',
  async (t) => {
    const { issuer, codeOf, refreshAfter } = await startIdentifier(t)
    const old = issuer.key()
    const oldToken = issuer.mint()
    t.equal(await codeOf(oldToken), 'accepted')
    await issuer.rotate()
    t.equal(await codeOf(issuer.mint()), 'accepted')
    t.equal(issuer.requests.keys, 2)
    issuer.withdraw(old.kid)
    await refreshAfter(5 * minute)
    t.equal(await codeOf(oldToken), 'signature_invalid', 'though it was cached')
    t.equal(await codeOf(issuer.mint({}, { key: old })), 'signature_invalid')
    t.equal(await codeOf(issuer.mint()), 'accepted')
  },
)

for (const how of ['error', 'disconnect', 'redirect', 'garbage', 'oversized', 'empty'] as const) {
  void t.test(
    `an issuer that does "${how}" at the start is unavailable, then recovers`,
    async (t) => {
      const started = await startIdentifier(t, { start: false })
      const { issuer, identifier, identify, codeOf, refreshAfter, lines } = started
      issuer.fail(how)
      await identifier.start()
      t.match(await identify(issuer.mint()), {
        code: 'keys_unavailable',
        detail: /cannot be fetched/,
      })
      t.match(identifier.status(), [{ usable: false, stale: false, detail: /cannot be fetched/ }])
      t.match(lines.join(''), /"level":"warn".*keys not fetched/)
      issuer.fail('none')
      await refreshAfter(1_000)
      t.equal(await codeOf(issuer.mint()), 'accepted')
      t.same(identifier.status(), [
        { name: 'gitlab-1', usable: true, stale: false, detail: undefined },
      ])
    },
  )
}

void t.test('an issuer that hangs costs a call five seconds, not more', async (t) => {
  const { issuer, identifier, codeOf, time } = await startIdentifier(t, { start: false })
  issuer.fail('hang')
  const started = identifier.start()
  const calls = Promise.all(Array.from({ length: 50 }, () => codeOf(issuer.mint())))
  time.advance(5_000)
  t.same(new Set(await calls), new Set(['keys_unavailable']))
  await started
})

void t.test('fifty calls at once make one fetch', async (t) => {
  const { issuer, identifier, codeOf } = await startIdentifier(t, { start: false })
  const started = identifier.start()
  const codes = await Promise.all(Array.from({ length: 50 }, () => codeOf(issuer.mint())))
  t.same(new Set(codes), new Set(['accepted']))
  t.same(issuer.requests, { discovery: 1, keys: 1, other: 0 })
  await started
})

void t.test('while an issuer is down its keys are used, flagged, and then no longer', async (t) => {
  const settings = { staleKeysMaxMs: 30 * minute, maxAgeMs: 86_400_000 }
  const { issuer, identifier, identify, codeOf, time, refreshAfter } = await startIdentifier(t, {
    settings,
  })
  const token = issuer.mint({}, { expiresInS: 86_400 })
  t.match(await identify(token), { staleKeys: false })
  issuer.fail('error')
  await refreshAfter(5 * minute)
  t.match(await identify(token), { staleKeys: false })
  time.skip(5 * minute + 1)
  t.match(await identify(token), { staleKeys: true }, 'the cached one')
  t.match(await identify(issuer.mint()), { staleKeys: true }, 'a new one')
  t.match(identifier.status(), [{ usable: true, stale: true, detail: /answered 500/ }])
  time.skip(20 * minute)
  t.equal(await codeOf(token), 'keys_unavailable', 'the cached one')
  t.equal(await codeOf(issuer.mint()), 'keys_unavailable', 'a new one')
})

void t.test('a flood of unknown key ids makes few requests, up or down', async (t) => {
  const { issuer, codeOf, refreshAfter } = await startIdentifier(t)
  const flood = async () => {
    const tokens = Array.from({ length: 100 }, (_, n) =>
      issuer.mint({}, { header: { kid: `made-up-${n}` } }),
    )
    t.same(new Set(await Promise.all(tokens.map(codeOf))), new Set(['signature_invalid']))
  }
  await flood()
  t.equal(issuer.requests.keys, 2)
  issuer.fail('error')
  await refreshAfter(5 * minute)
  const { discovery } = issuer.requests
  await flood()
  await flood()
  t.equal(issuer.requests.discovery, discovery)
})
