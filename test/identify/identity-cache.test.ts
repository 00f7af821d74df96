import t from 'tap'
import type { Identity } from '../../src/core/identity.ts'
import { createIdentityCache } from '../../src/identify/identity-cache.ts'
import { KeySet } from '../../src/identify/key-set.ts'
import { makeSigningKey, publicJwk } from '../support/issuer.ts'
import { createManualTime } from '../support/manual-time.ts'

const minute = 60_000
const first = await publicJwk(await makeSigningKey('k1'))
const second = await publicJwk(await makeSigningKey('k1'))

async function setUp({ entriesMax = 10 } = {}) {
  const time = createManualTime(1_000_000)
  let keys = [first]
  const keySet = new KeySet({
    issuer: 'gitlab',
    algorithms: ['RS256'],
    staleKeysMaxMs: 20 * minute,
    now: time.now,
    schedule: time.schedule,
    report: () => undefined,
    source: async () => JSON.stringify({ keys }),
  })
  await keySet.start()
  const search = await keySet.find('k1', time.now())
  const key = search.kind === 'found' ? search.keys[0] : undefined
  if (key === undefined) throw new Error('no key')
  const cache = createIdentityCache({ entriesMax })
  const identity = (tokenDigest: string, expiresAt: number): Identity => ({
    issuer: 'gitlab',
    kind: 'machine',
    subject: tokenDigest,
    principal: tokenDigest,
    claims: new Map(),
    guards: [],
    tokenDigest,
    expiresAt,
    staleKeys: false,
  })
  return {
    cache,
    now: time.now(),
    keep: (digest: string, expiresAt: number, at = time.now()) =>
      cache.keep({ identity: identity(digest, expiresAt), keySet, key }, at),
    replaceKeys: async () => {
      keys = [second]
      await keySet.start()
    },
  }
}

void t.test('finds what was kept, under its own digest only', async (t) => {
  const { cache, keep, now } = await setUp()
  keep('a', now + minute)
  keep('b', now + minute)
  t.match(cache.find('a', now), { subject: 'a' })
  t.match(cache.find('b', now), { subject: 'b' })
  t.equal(cache.find('c', now), undefined)
})

void t.test('an identity is found until it expires, and then never again', async (t) => {
  const { cache, keep, now } = await setUp()
  keep('a', now + minute)
  t.ok(cache.find('a', now + minute - 1))
  t.equal(cache.find('a', now + minute), undefined)
  t.equal(cache.find('a', now), undefined)
})

void t.test('an identity that has expired already is not kept', async (t) => {
  const { cache, keep, now } = await setUp()
  keep('a', now)
  t.equal(cache.find('a', now - 1), undefined)
})

void t.test('an identity does not outlive its key, though another one has its id', async (t) => {
  const { cache, keep, now, replaceKeys } = await setUp()
  keep('a', now + minute)
  await replaceKeys()
  t.equal(cache.find('a', now), undefined)
})

void t.test('an identity shows when its keys became stale, and ends with them', async (t) => {
  const { cache, keep, now } = await setUp()
  keep('a', now + 60 * minute)
  t.match(cache.find('a', now + 10 * minute), { staleKeys: false })
  t.match(cache.find('a', now + 11 * minute), { staleKeys: true })
  t.equal(cache.find('a', now + 21 * minute), undefined)
})

void t.test(
  'what is found is the very object that was kept, unless its keys became stale',
  async (t) => {
    const { cache, keep, now } = await setUp()
    keep('a', now + 60 * minute)
    const kept = cache.find('a', now)
    t.equal(cache.find('a', now + minute), kept)
    t.not(cache.find('a', now + 11 * minute), kept)
    t.match(cache.find('a', now), { staleKeys: false }, 'and is never changed')
  },
)

void t.test('only so many are kept, the least used go first', async (t) => {
  const { cache, keep, now } = await setUp({ entriesMax: 2 })
  for (const digest of ['a', 'b', 'c']) keep(digest, now + minute)
  t.equal(cache.find('a', now), undefined)
  t.ok(cache.find('c', now))
})
